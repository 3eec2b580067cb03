# Taskward: one non-recursive Makefile. `make help` prints what it can do.
#
# VARIANT chooses what is built, each in a folder of its own:
#   release   optimised and hardened (default)
#   debug     no optimisation
#   sanitize  AddressSanitizer and UndefinedBehaviorSanitizer

VARIANT ?= release
OUT     := build/$(VARIANT)
# The same for every variant: what is generated, and the objects of the tests.
COMMON  := build/common
DESTDIR ?=

# g++ compiles the release. clang++, where it is installed, compiles the other variants and the tests, so that both
# compilers check the code without a tree of its own. `make CXX=…` sets the compiler of everything.
CLANG_FORMAT ?= clang-format
PKG_CONFIG   ?= pkg-config
ifeq ($(origin CXX),default)
CXX       := g++
CXX_TESTS := $(if $(shell command -v clang++),clang++,g++)
else
CXX_TESTS := $(CXX)
endif
COMPILER := $(if $(filter release,$(VARIANT)),$(CXX),$(CXX_TESTS))
CCACHE   ?= $(shell command -v ccache)
# A precompiled header is known by the text it was made of (its .sum file), not by its bytes.
export CCACHE_SLOPPINESS := pch_defines,time_macros
export CCACHE_PCH_EXTSUM := 1

.DEFAULT_GOAL := all
.SUFFIXES:
.DELETE_ON_ERROR:

# ---------------------------------------------------------------- flags

WARNINGS := -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wnon-virtual-dtor \
            -Wold-style-cast -Wcast-align -Woverloaded-virtual -Wformat=2 \
            -Wimplicit-fallthrough -Wextra-semi -Werror
HARDENING := -fstack-protector-strong -fstack-clash-protection -fPIE -D_GLIBCXX_ASSERTIONS
# Control-flow enforcement exists on x86 only.
ifneq ($(filter x86_64% i%86%,$(shell $(CXX) -dumpmachine)),)
HARDENING += -fcf-protection=full
endif
# The same objects in every clone.
PATHS := -ffile-prefix-map=$(CURDIR)=.

# Line numbers are all that a backtrace needs; no core is ever dumped.
OPTIMISE.release  := -O2 -g1 -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3
OPTIMISE.debug    := -O0 -g
# Not optimised: that takes twice as long to compile, and lets g++ warn of its own checks.
OPTIMISE.sanitize := -O0 -g1 -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer \
                     $(if $(findstring clang,$(COMPILER)),-fsanitize-ignorelist=tests/support/sanitizer-ignore.txt)
ifeq ($(OPTIMISE.$(VARIANT)),)
$(error VARIANT=$(VARIANT) is unknown: it is release, debug or sanitize)
endif

CPPFLAGS_ALL := -I. -Iinclude -I$(COMMON)/generated -DBOOST_TEST_DYN_LINK $(CPPFLAGS)
CXXFLAGS_BOTH := -std=c++20 -pthread -fvisibility=hidden $(WARNINGS) $(HARDENING) $(PATHS) $(CXXFLAGS)
CXXFLAGS_ALL := $(CXXFLAGS_BOTH) $(OPTIMISE.$(VARIANT))
# Tests are compiled once and linked with the product of each variant. A test is compiled more often than it is run, so it
# is not optimised; sanitizers look at the product.
CXXFLAGS_TESTS := $(CXXFLAGS_BOTH) -O0 -g1
LDFLAGS_ALL  := -pthread -pie -Wl,-z,relro,-z,now,-z,noexecstack,-z,separate-code,--as-needed \
                $(filter -fsanitize% -fno-sanitize%,$(OPTIMISE.$(VARIANT))) $(LDFLAGS)
LDFLAGS_TESTS := $(LDFLAGS_ALL) $(if $(shell command -v ld.lld),-fuse-ld=lld)

LIBS := -lfcgi -lpq -lssl -lcrypto -lcrypt -lfido2 -lcbor -lqrencode -lsystemd -lcurl -lical -lidn2 -lunistring -lboost_program_options
TEST_LIBS := -lboost_unit_test_framework
# libpq's headers lie where pg_config says on some systems.
CPPFLAGS_ALL += $(patsubst -I%,-isystem %,$(shell $(PKG_CONFIG) --cflags-only-I libpq 2>/dev/null))

# ---------------------------------------------------------------- sources

LAYERS       := base model http json calendar db crypto config mail store domain api app
LIB_SOURCES  := $(sort $(foreach l,$(LAYERS),$(wildcard src/$(l)/*.cpp)))
PROGRAMS     := taskward taskward-worker taskward-background taskward-dev
SUPPORT      := $(sort $(wildcard tests/support/*.cpp))
TESTS        := test-unit test-store test-http
HEADERS      := $(sort $(shell find include src tests -name '*.hpp' 2>/dev/null))
SOURCES      := $(sort $(shell find src tests -name '*.cpp' -not -path 'tests/compile/*' 2>/dev/null))
MIGRATIONS   := $(sort $(wildcard sql/migrations/*.sql))

objects      = $(patsubst %.cpp,$(OUT)/obj/%.o,$(1))
test_objects = $(patsubst %.cpp,$(COMMON)/obj/%.o,$(1))

LIB_OBJECTS             := $(call objects,$(LIB_SOURCES))
SUPPORT_OBJECTS         := $(call test_objects,$(SUPPORT))
OBJECTS.taskward        := $(call objects,$(sort $(wildcard src/programs/taskward_*.cpp)) src/programs/service.cpp \
                             src/programs/listening_socket.cpp src/programs/escaped_output.cpp src/programs/daemon.cpp)
DAEMON                  := src/programs/daemon.cpp src/programs/service.cpp src/programs/escaped_output.cpp
OBJECTS.taskward-worker := $(call objects,src/programs/worker_main.cpp $(DAEMON))
OBJECTS.taskward-background := $(call objects,src/programs/background_main.cpp $(DAEMON))
# For scripts/run; not installed.
OBJECTS.taskward-dev    := $(call objects,$(sort $(wildcard src/programs/dev_*.cpp)) src/programs/daemon.cpp \
                             src/programs/listening_socket.cpp src/programs/escaped_output.cpp)
OBJECTS.test-unit       := $(call test_objects,$(sort $(shell find tests/unit -name '*.cpp')))
OBJECTS.test-store      := $(call test_objects,$(sort $(wildcard tests/store/*.cpp)))
OBJECTS.test-http       := $(call test_objects,$(sort $(wildcard tests/http/*.cpp)))
OBJECTS.vectors         := $(call objects,tests/vectors/main.cpp)
OBJECTS.bench           := $(call objects,$(sort $(wildcard tests/bench/*.cpp)))

.PHONY: all
## all: build the programs, their manual, the list of common passwords and the pages (default)
all: $(PROGRAMS:%=$(OUT)/%) $(OUT)/common-passwords.txt pages manual

.PHONY: tests
## tests: build the programs and the test programs
tests: all $(TESTS:%=$(OUT)/%) $(OUT)/vectors
.PHONY: $(TESTS)
$(TESTS): %: $(OUT)/%

.PHONY: vectors
## vectors: build the program that runs files of JWS test vectors
vectors: $(OUT)/vectors

.PHONY: bench
## bench: build the program that measures for scripts/bench
bench: all $(OUT)/bench

# ---------------------------------------------------------------- rules

# The flags stamp: a change of compiler, which can read only its own precompiled headers, or of flags rebuilds what it touches.
version = $(1) $(shell $(1) --version | head -n 1)
define flags_stamp
$(1)/flags: FORCE
	@mkdir -p $$(@D)
	@printf '%s\n' '$(2)' | cmp -s - $$@ || printf '%s\n' '$(2)' > $$@
endef
$(eval $(call flags_stamp,$(OUT),$(call version,$(COMPILER)) $(CPPFLAGS_ALL) $(filter-out $(PATHS),$(CXXFLAGS_ALL)) $(LDFLAGS_TESTS) $(LIBS) $(TEST_LIBS)))
$(eval $(call flags_stamp,$(COMMON),$(call version,$(CXX_TESTS)) $(CPPFLAGS_ALL) $(filter-out $(PATHS),$(CXXFLAGS_TESTS))))
.PHONY: FORCE
FORCE:

# The newest migration is the schema this build's workers know.
$(COMMON)/generated/schema_version.inc: $(MIGRATIONS)
	@mkdir -p $(@D)
	@printf '%s\n' '$(lastword $(sort $(notdir $(MIGRATIONS))))' | sed -E 's/^0*([0-9]+)_.*/\1/' > $@

# The version of this release, as a string literal.
$(COMMON)/generated/version.inc: debian/changelog
	@mkdir -p $(@D)
	@sed -n '1s/.*(\([^)]*\)).*/"\1"/p' $< > $@

# What an export of the audit record holds beside the records, as a string literal.
$(COMMON)/generated/seals_procedure.inc: docs/seals.md
	@mkdir -p $(@D)
	@{ printf 'R"SEALS('; cat $<; printf ')SEALS"\n'; } > $@

GENERATED_SOURCES := $(COMMON)/generated/schema_version.inc $(COMMON)/generated/version.inc $(COMMON)/generated/seals_procedure.inc

# The standard library's headers are half of the time that a file takes. check-layers finds a file that lacks an #include of one.
STANDARD_HEADERS := algorithm array atomic charconv chrono cstdint filesystem fstream functional iterator map memory mutex \
                    optional set span sstream stdexcept string string_view thread tuple type_traits utility variant vector
TEST_HEADERS     := $(STANDARD_HEADERS) boost/test/unit_test.hpp boost/test/data/test_case.hpp
is_clang    = $(findstring clang,$(1))
# clang++ takes the precompiled file; g++ finds it by the name of the header that it was made of.
pch         = $(2)$(if $(call is_clang,$(1)),.pch,.hpp.gch)
include_pch = $(if $(2),$(if $(call is_clang,$(1)),-include-pch $(2),$(GCC_PCH_FLAGS) -include $(2:.gch=)))
# g++ warns of its own std::string once that is precompiled.
GCC_PCH_FLAGS := -Winvalid-pch -fpch-preprocess -Wno-array-bounds -Wno-stringop-overflow -Wno-stringop-overread
pch_flags   = $(if $(call is_clang,$(1)),-Xclang -fno-pch-timestamp -fpch-instantiate-templates)
# $(call precompile,COMPILER,FLAGS,HEADERS)
define precompile
	@mkdir -p $(@D)
	@printf '#include <%s>\n' $(3) > $(basename $(@:.gch=)).hpp
	@cat $(basename $(@:.gch=)).hpp $(@D)/flags | sha256sum > $@.sum
	@$(1) $(CPPFLAGS_ALL) $(2) $(call pch_flags,$(1)) -x c++-header -o $@ $(basename $(@:.gch=)).hpp
endef
PCH       := $(call pch,$(COMPILER),$(OUT)/standard)
PCH_TESTS := $(call pch,$(CXX_TESTS),$(COMMON)/tests)
$(PCH): $(OUT)/flags
	$(call precompile,$(COMPILER),$(CXXFLAGS_ALL),$(STANDARD_HEADERS))
$(PCH_TESTS): $(COMMON)/flags
	$(call precompile,$(CXX_TESTS),$(CXXFLAGS_TESTS),$(TEST_HEADERS))
# clang lists the source of what is precompiled by its absolute path, which ccache would carry into another clone.
WITHOUT_PCH_SOURCE = @sed -i -E 's,/[^ ]*/(standard|tests)\.hpp ,,' $(basename $@).d

$(OUT)/obj/%.o: %.cpp $(OUT)/flags $(PCH) | $(GENERATED_SOURCES)
	@mkdir -p $(@D)
	@echo '  CXX  $<'
	@$(CCACHE) $(COMPILER) $(CPPFLAGS_ALL) $(CXXFLAGS_ALL) $(call include_pch,$(COMPILER),$(PCH)) -MMD -MP -c -o $@ $<
	$(if $(call is_clang,$(COMPILER)),$(WITHOUT_PCH_SOURCE))
$(COMMON)/obj/%.o: %.cpp $(COMMON)/flags $(PCH_TESTS) | $(GENERATED_SOURCES)
	@mkdir -p $(@D)
	@echo '  CXX  $<'
	@$(CCACHE) $(CXX_TESTS) $(CPPFLAGS_ALL) $(CXXFLAGS_TESTS) $(call include_pch,$(CXX_TESTS),$(if $(filter %/main.o,$@),,$(PCH_TESTS))) -MMD -MP -c -o $@ $<
	$(if $(call is_clang,$(CXX_TESTS)),$(WITHOUT_PCH_SOURCE))

# The passwords that are tried first, as Django ships them (BSD licence): a plain list by a stable name, which its own
# settings refer to. Any other list in lower case, one password a line, will do: make COMMON_PASSWORDS=FILE.gz
COMMON_PASSWORDS ?= /usr/lib/python3/dist-packages/django/contrib/auth/common-passwords.txt.gz
$(OUT)/common-passwords.txt: $(wildcard $(COMMON_PASSWORDS))
	@mkdir -p $(@D)
	@[ -r '$(COMMON_PASSWORDS)' ] || { echo '$(COMMON_PASSWORDS) is missing: install the package python3-django,' \
	  'or name another list of common passwords: make COMMON_PASSWORDS=FILE.gz' >&2; exit 1; }
	@gzip -dc '$(COMMON_PASSWORDS)' > $@

# /docs, /redoc and the web interface, the same for every variant. `make NPM=none` omits them. A failed fetch is tried again by
# the next make, because its stamp is missing.
PAGES := build/pages
NPM   ?= npm
PAGE_SOURCES := $(wildcard nginx/html/*.html nginx/html/*.css nginx/html/docs/* nginx/html/redoc/*) scripts/pages
APP         := nginx/html/app
APP_SOURCES := $(APP)/index.html $(APP)/icon.svg $(APP)/build.mjs $(sort $(shell find $(APP)/src $(APP)/styles -type f))
.PHONY: pages
## pages: fetch Swagger UI and ReDoc with npm, for /docs and /redoc, and build the web interface, for /app
pages: $(PAGES)/stamp
$(PAGES)/packages/done: nginx/html/package.json nginx/html/package-lock.json nginx/html/.npmrc
	@NPM='$(NPM)' scripts/pages fetch '$(@D)'
$(PAGES)/app/done: $(APP)/package.json $(APP)/package-lock.json $(APP)/.npmrc
	@NPM='$(NPM)' scripts/pages fetch-app '$(@D)'
$(PAGES)/stamp: $(PAGES)/packages/done $(PAGES)/app/done $(PAGE_SOURCES) $(APP_SOURCES)
	@scripts/pages assemble '$(<D)' '$(PAGES)/app' '$(@D)/html'
	@touch '$@'

# npm packages of tests: what drives Chromium in tests/scripts/browser.sh and web.sh, the linters of contract-lint.sh, and the
# compiler and linters of the web interface, where editors find them.
.PHONY: browser linters web-tools
browser: build/npm/browser/stamp
linters: build/npm/lint/stamp
web-tools: build/npm/app/stamp
	@ln -sfn ../../../build/npm/app/node_modules $(APP)/node_modules
define install_npm_packages
	@mkdir -p $(@D)
	@cp $^ $(@D)/
	@cd $(@D) && $(NPM) ci --ignore-scripts --no-audit --no-fund --prefer-offline >npm.log 2>&1 </dev/null || { cat npm.log >&2; exit 1; }
	@touch $@
endef
build/npm/app/stamp: $(APP)/package.json $(APP)/package-lock.json $(APP)/.npmrc
	$(install_npm_packages)
build/npm/%/stamp: tests/%/package.json tests/%/package-lock.json tests/%/.npmrc
	$(install_npm_packages)

# Which objects belong together: a source that is gone must not stay in what was built with it.
define parts_stamp
$(OUT)/parts/$(1): FORCE
	@mkdir -p $$(@D)
	@printf '%s\n' '$(2)' | cmp -s - $$@ || printf '%s\n' '$(2)' > $$@
endef
$(eval $(call parts_stamp,libtaskward.a,$(LIB_OBJECTS)))

$(OUT)/libtaskward.a: $(LIB_OBJECTS) $(OUT)/parts/libtaskward.a
	@rm -f $@
	@$(AR) rcs $@ $(LIB_OBJECTS)

define program
$(call parts_stamp,$(1),$(OBJECTS.$(1)) $(2))
$(OUT)/$(1): $$(OBJECTS.$(1)) $(OUT)/libtaskward.a $(2) $(OUT)/flags $(OUT)/parts/$(1)
	@echo '  LD   $$@'
	@$$(COMPILER) $(3) -o $$@ $$(OBJECTS.$(1)) $(2) $(4)
endef
$(foreach p,$(PROGRAMS) vectors,$(eval $(call program,$(p),,$(LDFLAGS_ALL),$(OUT)/libtaskward.a $(LIBS))))
# The whole library first: of an inline function that a test has as well, the variant's own is linked.
WHOLE_LIBRARY := -Wl,--whole-archive $(OUT)/libtaskward.a -Wl,--no-whole-archive
$(foreach t,$(TESTS) bench,$(eval $(call program,$(t),$(SUPPORT_OBJECTS),$(LDFLAGS_TESTS) $(WHOLE_LIBRARY),$(LIBS) $(TEST_LIBS))))

-include $(shell find $(OUT)/obj $(COMMON)/obj -name '*.d' 2>/dev/null)

# ---------------------------------------------------------------- manual pages and package

MANUAL := $(patsubst %,$(OUT)/manual/%,taskward.8 taskward-worker.8 taskward-background.8 taskward.conf.5 taskward.bash _taskward)
.PHONY: manual
## manual: write the manual pages and shell completions, from what the programs print about themselves
manual: $(OUT)/manual/stamp
$(OUT)/manual/stamp: scripts/man-pages $(OUT)/taskward $(OUT)/taskward-worker $(OUT)/taskward-background
	@scripts/man-pages $(OUT) $(@D)
	@touch $@

.PHONY: deb
## deb: build the Debian package, in dist
deb: all
	@mkdir -p dist
	@dpkg-checkbuilddeps
	@DEB_RULES_REQUIRES_ROOT=no SOURCE_DATE_EPOCH=$$(dpkg-parsechangelog -S Timestamp) DEB_DESTDIR=$(CURDIR)/dist debian/rules binary

.PHONY: check-reproducible
## check-reproducible: a build in another directory, without ccache, gives the same package
check-reproducible: deb
	@rm -rf build/again && mkdir -p build/again/build
	@git ls-files -z | xargs -0 cp --parents -t build/again && cp -a $(PAGES) build/again/$(PAGES)
	@$(MAKE) --no-print-directory -C build/again CCACHE= deb
	@sha256sum dist/*.deb && cmp "$$(ls -t dist/*.deb | head -n 1)" build/again/dist/*.deb
	@rm -rf build/again

# A Debian system with all that the package depends on, in which tests/scripts/package.sh installs it. For root. It takes minutes,
# so it is made once.
build/debian-root.tar: | deb
	@mmdebstrap --quiet --format=tar --variant=minbase --include="systemd,systemd-sysv,dbus,curl,procps,hostname,apparmor,age,$$(dpkg-deb -f dist/taskward_*.deb Depends | \
	  sed 's/([^)]*)//g; s/|[^,]*//g; s/ //g')" "$$(. /etc/os-release && echo "$$VERSION_CODENAME")" $@.new
	@mv $@.new $@

# ---------------------------------------------------------------- generated files

# What is derived from the tables in the code, and where it lies.
GENERATED := nginx/snippets/problems.conf=nginx-problems \
             nginx/snippets/pools.conf=nginx-pools \
             nginx/snippets/body-limits.conf=nginx-limits \
             nginx/snippets/locations.conf=nginx-locations \
             nginx/snippets/fastcgi_params.conf=nginx-fastcgi-params \
             nginx/snippets/real-ip.conf=nginx-real-ip \
             taskward.conf.example=example-config \
             .env.example=env-example
# With the default settings.
GENERATE := env -u TRUSTED_PROXIES -u PROXY_PROTOCOL TASKWARD_CONFIG=/dev/null $(OUT)/taskward generate
# The types of the web interface, where its tools are (make web-tools).
APP_TYPES := $(APP)/src/api/schema.d.ts
WITH_WEB_TOOLS := [ -e $(APP)/node_modules/openapi-typescript ]
# Documents with generated parts.
DOCUMENTS := $(sort $(wildcard docs/*.md))

.PHONY: generate
## generate: write the files that are derived from the tables in the code
generate: $(OUT)/taskward
	@set -e; for pair in $(GENERATED); do $(GENERATE) "$${pair#*=}" > "$${pair%%=*}.new"; mv "$${pair%%=*}.new" "$${pair%%=*}"; done
	@if $(WITH_WEB_TOOLS); then $(OUT)/taskward openapi | node $(APP)/types.mjs > $(APP_TYPES).new && mv $(APP_TYPES).new $(APP_TYPES); \
	  else echo '$(APP_TYPES) was not written: run `make web-tools` first' >&2; fi
	@scripts/generated-docs write $(OUT)/taskward $(DOCUMENTS)
	@cd sql/migrations && sha256sum *.sql > SHA256SUMS

# ---------------------------------------------------------------- checks

.PHONY: check
## check: everything that is checked without running the service; for the tools of check-web: make web-tools
check: check-format check-headers check-layers check-wording check-generated check-web check-compile-fail

.PHONY: check-headers
## check-headers: every header compiles alone
# A header that some source includes before all else has shown that in the release build (check-layers looks after those of the
# standard library). Those of the tests may rely on what is precompiled.
FIRST_INCLUDED = $(sort $(shell awk '/^\#include "/ { gsub(/"/, "", $$2); folder = FILENAME; sub(/[^\/]*$$/, "", folder); \
                   print ($$2 ~ /^taskward\//) ? "include/" $$2 : folder $$2 } /^\#include/ { nextfile }' $(filter src/%,$(SOURCES))))
HEADER_STAMPS = $(patsubst %,$(COMMON)/headers/%.ok,$(filter-out $(FIRST_INCLUDED),$(HEADERS)))
check-headers: $(LIB_OBJECTS) $(HEADER_STAMPS)
$(COMMON)/headers/%.ok: % $(COMMON)/flags $(PCH_TESTS) | $(GENERATED_SOURCES)
	@mkdir -p $(@D)
	@printf '#include "%s"\n' '$(abspath $<)' | $(CXX_TESTS) $(CPPFLAGS_ALL) $(CXXFLAGS_TESTS) $(call include_pch,$(CXX_TESTS),$(if $(filter tests/%,$<),$(PCH_TESTS))) \
	  -MMD -MP -MF $(@:.ok=.d) -MT $@ -fsyntax-only -x c++ -
	@touch $@
-include $(shell find $(COMMON)/headers -name '*.d' 2>/dev/null)

.PHONY: check-layers
## check-layers: includes go to lower folders, libraries to their own folder, and no header is missing
check-layers:
	@scripts/check-layers

.PHONY: check-tls check-slow-clients
## check-tls: testssl.sh against a development instance; two minutes
## check-slow-clients: slow headers, bodies, readers and ranges while another client reads; needs a quiet machine
check-tls check-slow-clients: all
	@bash tests/network/$(patsubst check-%,%,$@).sh

.PHONY: check-wording
## check-wording: texts and documents are in plain English, and the links between documents lead somewhere
check-wording:
	@scripts/check-wording

.PHONY: check-generated
## check-generated: the derived files agree with the tables in the code
check-generated: $(OUT)/taskward
	@set -e; for pair in $(GENERATED); do $(GENERATE) "$${pair#*=}" | diff -u "$${pair%%=*}" - \
	  || { echo "$${pair%%=*} is out of date: run 'make generate'" >&2; exit 1; }; done
	@! $(WITH_WEB_TOOLS) || $(OUT)/taskward openapi | node $(APP)/types.mjs | diff -u $(APP_TYPES) - \
	  || { echo "$(APP_TYPES) is out of date: run 'make generate'" >&2; exit 1; }
	@scripts/generated-docs check $(OUT)/taskward $(DOCUMENTS)
	@cd sql/migrations && sha256sum --quiet --strict -c SHA256SUMS && \
	  [ "$$(ls *.sql | wc -l)" = "$$(wc -l < SHA256SUMS)" ] || { echo "sql/migrations/SHA256SUMS is out of date" >&2; exit 1; }

.PHONY: check-web
## check-web: the web interface passes the compiler, the linter and the formatter; for its tools: make web-tools
check-web:
	@scripts/check-web

.PHONY: check-format
## check-format: the sources are as clang-format writes them
check-format:
	@$(CLANG_FORMAT) --dry-run --Werror $(SOURCES) $(HEADERS)

.PHONY: format
## format: let clang-format write the sources
format:
	@$(CLANG_FORMAT) -i $(SOURCES) $(HEADERS)

.PHONY: check-compile-fail
## check-compile-fail: what must not compile does not, and for the right reason
check-compile-fail: $(PCH_TESTS)
	@CXX='$(CXX_TESTS)' FLAGS='$(CPPFLAGS_ALL) $(CXXFLAGS_TESTS) -Wno-unused-variable -Wno-unused-const-variable $(call include_pch,$(CXX_TESTS),$(PCH_TESTS))' scripts/check-compile-fail tests/compile/*.cpp

# ---------------------------------------------------------------- install, clean, help

# About the administrator's own site: installed once and never overwritten.
SITE_SNIPPETS := $(patsubst %,nginx/snippets/%.conf,listen certificate upstreams limit-exempt real-ip)

BUILT := $(patsubst %,$(OUT)/%,taskward taskward-worker taskward-background common-passwords.txt) \
         $(patsubst %,$(PAGES)/html/%/index.html,docs redoc app) $(MANUAL)

.PHONY: install
## install: copy what was built below DESTDIR; builds and fetches nothing
install:
	@for file in $(BUILT); do [ -e "$$file" ] || \
	  { echo "$$file is missing: run 'make VARIANT=$(VARIANT)' first" >&2; exit 1; }; done
	install -d $(DESTDIR)/usr/bin $(DESTDIR)/usr/lib/taskward $(DESTDIR)/usr/share/taskward/sql/migrations \
	  $(DESTDIR)/usr/share/taskward/mail $(DESTDIR)/usr/share/taskward/html $(DESTDIR)/usr/share/taskward/monitoring \
	  $(DESTDIR)/usr/lib/systemd/system $(DESTDIR)/usr/lib/sysusers.d $(DESTDIR)/usr/lib/tmpfiles.d \
	  $(DESTDIR)/usr/lib/systemd/system/taskward-worker@auth-1.service.d \
	  $(DESTDIR)/usr/share/man/man5 $(DESTDIR)/usr/share/man/man8 \
	  $(DESTDIR)/usr/share/bash-completion/completions $(DESTDIR)/usr/share/zsh/vendor-completions \
	  $(DESTDIR)/etc/taskward/nginx/snippets $(DESTDIR)/etc/taskward/tls
	install -m 755 $(OUT)/taskward $(DESTDIR)/usr/bin/
	install -m 755 $(OUT)/taskward-worker $(OUT)/taskward-background $(DESTDIR)/usr/lib/taskward/
	install -m 644 $(wildcard src/mail/templates/*.txt src/mail/templates/*.html) $(DESTDIR)/usr/share/taskward/mail/
	install -m 644 $(OUT)/common-passwords.txt $(DESTDIR)/usr/share/taskward/
	install -m 644 docs/monitoring/taskward-rules.yml docs/monitoring/grafana-dashboard.json $(DESTDIR)/usr/share/taskward/monitoring/
	rm -rf $(patsubst %,$(DESTDIR)/usr/share/taskward/html/%,docs redoc app)
	install -d $(patsubst %,$(DESTDIR)/usr/share/taskward/html/%,docs redoc app)
	install -m 644 $(PAGES)/html/docs/* $(DESTDIR)/usr/share/taskward/html/docs/
	install -m 644 $(PAGES)/html/redoc/* $(DESTDIR)/usr/share/taskward/html/redoc/
	cd $(PAGES)/html/app && find . -type f -exec install -D -m 644 {} $(abspath $(DESTDIR))/usr/share/taskward/html/app/{} \;
	install -m 644 sql/roles.sql $(DESTDIR)/usr/share/taskward/sql/
	install -m 644 sql/migrations/*.sql sql/migrations/SHA256SUMS $(DESTDIR)/usr/share/taskward/sql/migrations/
	install -m 644 $(wildcard systemd/*.socket systemd/*.service systemd/*.target systemd/*.timer) $(DESTDIR)/usr/lib/systemd/system/
	install -m 644 systemd/taskward-worker@auth-1.service.d/pool.conf \
	  $(DESTDIR)/usr/lib/systemd/system/taskward-worker@auth-1.service.d/
	install -m 644 $(OUT)/manual/*.8 $(DESTDIR)/usr/share/man/man8/
	install -m 644 $(OUT)/manual/*.5 $(DESTDIR)/usr/share/man/man5/
	install -m 644 $(OUT)/manual/taskward.bash $(DESTDIR)/usr/share/bash-completion/completions/taskward
	install -m 644 $(OUT)/manual/_taskward $(DESTDIR)/usr/share/zsh/vendor-completions/
	install -m 755 nginx/certbot-deploy-hook $(DESTDIR)/usr/share/taskward/
	install -m 644 systemd/taskward.sysusers $(DESTDIR)/usr/lib/sysusers.d/taskward.conf
	install -m 644 systemd/taskward.tmpfiles $(DESTDIR)/usr/lib/tmpfiles.d/taskward.conf
	install -m 644 taskward.conf.example $(DESTDIR)/etc/taskward/
	install -m 644 nginx/taskward.conf $(DESTDIR)/etc/taskward/nginx/
	install -m 644 $(filter-out $(SITE_SNIPPETS),$(wildcard nginx/snippets/*.conf)) $(DESTDIR)/etc/taskward/nginx/snippets/
	@for file in $(SITE_SNIPPETS); do [ -e "$(DESTDIR)/etc/taskward/$$file" ] || \
	  install -m 644 "$$file" "$(DESTDIR)/etc/taskward/$$file"; done

.PHONY: clean
## clean: remove what was built
clean:
	rm -rf build dist

.PHONY: help
## help: this list
help:
	@echo 'make [VARIANT=release|debug|sanitize] [CXX=…] TARGET'
	@sed -n 's/^## \([a-z-]*\): \(.*\)/  \1\t\2/p' $(firstword $(MAKEFILE_LIST)) | sort | expand -t 24
