# shellcheck shell=bash
# nginx's configuration for this instance, and its start. Sourced by lib/instance.

is_ipv4() {
    local part
    [[ $1 =~ ^([0-9]{1,3})\.([0-9]{1,3})\.([0-9]{1,3})\.([0-9]{1,3})$ ]] || return 1
    for part in "${BASH_REMATCH[@]:1}"; do ((10#$part <= 255)) || return 1; done
}

is_ipv6() {
    local text=$1 groups group count=0
    [[ $text =~ ^[0-9A-Fa-f:.]+$ && $text == *:*:* && $text != *:::* && $text != *::*::* ]] || return 1
    if [[ $text == *.* ]]; then
        is_ipv4 "${text##*:}" || return 1
        text=${text%:*}:0:0
    fi
    [[ $text != :[!:]* && $text != *[!:]: ]] || return 1
    IFS=: read -ra groups <<<"$text"
    for group in "${groups[@]}"; do
        [[ -n $group ]] || continue
        [[ $group =~ ^[0-9A-Fa-f]{1,4}$ ]] || return 1
        count=$((count + 1))
    done
    if [[ $text == *::* ]]; then ((count <= 7)); else ((count == 8)); fi
}

# LIMIT_EXEMPT as nginx's geo reads it.
write_limit_exempt() {
    local entry address bits exempt=${LIMIT_EXEMPT:-} file=$dir/nginx/snippets/limit-exempt.conf
    local -a entries
    read -ra entries <<<"${exempt//,/ }"
    : >"$file"
    for entry in "${entries[@]}"; do
        address=${entry%%/*} bits=
        if [[ $entry == */* ]]; then
            bits=${entry#*/}
            [[ $bits =~ ^[0-9]{1,3}$ ]] || bits=999
        fi
        if ! { is_ipv4 "$address" && ((10#${bits:-32} <= 32)); } && ! { is_ipv6 "$address" && ((10#${bits:-128} <= 128)); }; then
            fail "LIMIT_EXEMPT: not an address or a network: $entry"
        fi
        printf '%s 1;\n' "$entry" >>"$file"
    done
}

write_listen() {
    local port=$1 version options=' ssl http2 default_server' http2=''
    version=$("$nginx" -v 2>&1 | sed -E 's#.*nginx/([0-9.]+).*#\1#')
    if printf '%s\n' 1.25.1 "$version" | sort -CV; then
        options=' ssl default_server' http2='http2 on;'
    fi
    {
        echo "listen 127.0.0.1:$port$options;"
        ! machine_has_ipv6_loopback || echo "listen [::1]:$port$options;"
        echo "$http2"
    } >"$dir/nginx/snippets/listen.conf"
    (umask 022; echo "$port" >"$dir/port"; echo "https://127.0.0.1:$port" >"$dir/url")
}

# The configuration is the installed one with other places. nginx runs in DIR and all paths are relative, so no length and no
# character of DIR's name matters.
prepare_nginx() {
    sed -i -e 's#/etc/taskward/nginx/##' -e 's#/etc/taskward/tls/fullchain\.pem#../tls/cert.pem#' \
        -e 's#/etc/taskward/tls/privkey\.pem#../tls/key.pem#' -e 's#unix:/run/taskward/#unix:run/#' \
        -e 's#/var/log/nginx/taskward\.log#log/nginx-access.log#' -e 's#/usr/share/taskward/html#html#' \
        "$dir/nginx/taskward.conf" "$dir"/nginx/snippets/*.conf
    mkdir -p -- "$dir/nginx/tmp"
    cat >"$dir/nginx/nginx.conf" <<'CONF'
daemon off;
worker_processes auto;
# Bounds how long a stop waits for requests under way.
worker_shutdown_timeout 8s;
pid pids/nginx.pid;
error_log stderr warn;
events { worker_connections 4096; }
http {
    client_body_temp_path nginx/tmp/body;
    proxy_temp_path       nginx/tmp/proxy;
    fastcgi_temp_path     nginx/tmp/fastcgi;
    uwsgi_temp_path       nginx/tmp/uwsgi;
    scgi_temp_path        nginx/tmp/scgi;
    include taskward.conf;
}
CONF
    write_limit_exempt
    write_listen "$1"
}

find_nginx() {
    nginx=$(command -v nginx || true)
    [[ -n $nginx ]] || nginx=/usr/sbin/nginx
    [[ -x $nginx ]] || fail "nginx is not installed"
}

run_nginx() { (cd -- "$dir" && without_descriptors "$nginx" -p "$dir/" -e stderr -c nginx/nginx.conf "$@"); }

start_nginx() {
    local log=$dir/log/nginx.log
    (
        cd -- "$dir" || exit
        exec 3<&- 4<&- 8<&- 9<&-
        exec setsid "$nginx" -p "$dir/" -e stderr -c nginx/nginx.conf
    ) >>"$log" 2>&1 </dev/null &
    nginx_pid=$!
}
