# shellcheck shell=bash
# `make install` copies what was built and fetches nothing; a failed fetch of the pages keeps those of the last one.
# shellcheck source=tests/scripts/support/common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/support/common.sh"

make_() { env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make -C "$repo" --no-print-directory "$@"; }

# An npm that "fetches" two packages, and those of the web interface from the build of this clone.
cat >"$scratch/npm" <<SH
#!/bin/sh
set -eu
! grep -q taskward-app package.json || exec cp -R "$repo/build/pages/app/node_modules" .
SH
cat >>"$scratch/npm" <<'SH'
mkdir -p node_modules/swagger-ui-dist node_modules/redoc/bundles
cd node_modules
for file in LICENSE NOTICE swagger-ui.css swagger-ui-bundle.js swagger-ui-bundle.js.LICENSE.txt favicon-32x32.png; do echo "first $file" >"swagger-ui-dist/$file"; done
for file in LICENSE bundles/redoc.standalone.js bundles/redoc.standalone.js.LICENSE.txt bundles/search.worker.js.LICENSE.txt; do echo "first $file" >"redoc/$file"; done
SH
printf '#!/bin/sh\necho called >>"%s/calls"\nexit 1\n' "$scratch" >"$scratch/failing-npm"
chmod 755 "$scratch/npm" "$scratch/failing-npm"
pages=$scratch/pages

# Without any pages, a failure leaves pages that say what is missing.
expect_status 0 make_ pages PAGES="$pages" NPM="$scratch/failing-npm"
expect_text 'npm could not fetch'
for page in docs redoc app; do
    grep -q 'make pages' "$pages/html/$page/index.html" || wrong "/$page does not say what is missing"
done
expect_status 0 make_ pages PAGES="$pages" NPM="$scratch/npm"
grep -rqs 'first swagger-ui-bundle.js' "$pages/html/docs/" || wrong "the packages are not in the pages"
grep -q 'src="/app/assets/' "$pages/html/app/index.html" || wrong "the web interface was not built"

# A later failure, and no npm at all, keep the pages.
for npm in "$scratch/failing-npm" none; do
    touch -d '2001-01-01' "$pages/packages/done" "$pages/app/done"
    expect_status 0 make_ pages PAGES="$pages" NPM="$npm"
    expect_text 'stay as they were built before'
    grep -rqs 'first swagger-ui-bundle.js' "$pages/html/docs/" || wrong "a failed fetch removed the pages"
    grep -q 'src="/app/assets/' "$pages/html/app/index.html" || wrong "a failed fetch removed the web interface"
done

# Installing runs no npm, even if the pages are out of date.
rm -f "$scratch/calls"
expect_status 0 make_ install PAGES="$pages" NPM="$scratch/failing-npm" DESTDIR="$scratch/root"
[[ ! -e $scratch/calls ]] || wrong "make install runs npm"
for file in usr/bin/taskward usr/lib/taskward/taskward-worker usr/lib/taskward/taskward-background \
    usr/share/taskward/common-passwords.txt usr/share/taskward/html/docs/index.html \
    usr/share/taskward/html/app/index.html etc/taskward/nginx/taskward.conf; do
    [[ -s $scratch/root/$file ]] || wrong "$file is not installed"
done
diff -r "$pages/html/app" "$scratch/root/usr/share/taskward/html/app" || wrong "the web interface is not installed whole"
[[ -z $(find "$scratch/root" -name 'taskward-dev*') ]] || wrong "the development server is installed"
expect_status 2 make_ install PAGES="$scratch/none" DESTDIR="$scratch/other"
expect_text "$scratch/none/html/docs/index.html is missing: run 'make VARIANT=${VARIANT:-release}' first"
[[ ! -e $scratch/other ]] || wrong "an incomplete build was installed"
