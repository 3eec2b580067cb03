-- Sends the requests of a file, over and over, for wrk:  wrk … URL -- REQUESTS THREADS [TOKENS]
-- A line is METHOD, PATH, TOKEN and BODY, separated by tabs. ######## in a body is a number that changes with each request.
-- With the token @refresh@ it sends a refresh token of the file TOKENS; the token in the response takes its place.
-- Prints the result as one line of JSON, in microseconds.
local threads = {}

function setup(thread)
  thread:set("number", #threads)
  table.insert(threads, thread)
end

local requests, at, count = {}, 0, 0
local tokens, first = {}, 1

local function split(text, mark)
  local from, to = text:find(mark, 1, true)
  return from and {mark = mark, head = text:sub(1, from - 1), tail = text:sub(to + 1)}
end

function init(args)
  for line in io.lines(args[1]) do
    local method, path, token, body = line:match("^(%S+)\t(%S+)\t(%S*)\t(.*)$")
    local headers = {Host = wrk.headers["Host"]}
    if token ~= "" then headers["Authorization"] = "Bearer " .. token end
    if body ~= "" then headers["Content-Type"] = "application/json" else body = nil end
    local text = wrk.format(method, path, headers, body)
    table.insert(requests, split(text, "@refresh@") or split(text, "########") or text)
  end
  at = math.floor(#requests * number / args[2])
  if not args[3] then return end
  local n = 0
  for token in io.lines(args[3]) do
    if n % args[2] == number then table.insert(tokens, token) end
    n = n + 1
  end
  statuses = {}
  -- Only defined here, because it makes wrk slower.
  function response(status, _, body)
    statuses[status] = (statuses[status] or 0) + 1
    local token = status == 200 and body:match('"refresh_token":"([^"]+)"')
    if token then table.insert(tokens, token) end
  end
end

function request()
  at = at % #requests + 1
  local one = requests[at]
  if type(one) == "string" then return one end
  count = count + 1
  if one.mark ~= "@refresh@" then return one.head .. string.format("%08d", count) .. one.tail end
  -- Each is sent once. A refused request uses one up; when none is left, the next request that needs none is sent.
  local token = tokens[first]
  if not token and #requests > 1 then return request() end
  tokens[first], first = false, first + 1
  return one.head .. (token or "none") .. one.tail
end

function done(summary, latency)
  local e, found = summary.errors, {}
  for _, thread in ipairs(threads) do
    for status, n in pairs(thread:get("statuses") or {}) do found[status] = (found[status] or 0) + n end
  end
  local list = {}
  for status, n in pairs(found) do table.insert(list, string.format('"%d":%d', status, n)) end
  io.write(string.format('\n{"requests":%d,"duration":%d,"p50":%d,"p99":%d,"refused":%d,"broken":%d,"statuses":{%s}}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), e.status,
    e.connect + e.read + e.write + e.timeout, table.concat(list, ",")))
end
