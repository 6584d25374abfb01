-- Downstream. Names what is asked for in internal headers, which the route tree matches on, and leaves in dynamic metadata
-- what every attempt needs. Handles taken before body() are dead after it, so they are taken again.
local find, sub, byte, char, gsub = string.find, string.sub, string.byte, string.char, string.gsub
local LONGEST_NAME = 512
-- From here on the copies of a body are worth being given back at once.
local LARGE = 1048576

local function answer(h, kind)
  h:headers():replace("x-portico-kind", kind)
  h:clearRouteCache()
end

local function keep_sane_id(h, hd)
  local id = hd:get("x-request-id")
  if id and (#id > 128 or find(id, "[^%w._:-]")) then
    hd:replace("x-request-id", string.format("%x-%06x%06x", h:timestamp(), math.random(0, 0xFFFFFF), math.random(0, 0xFFFFFF)))
  end
end

-- A name that can be a header's value and part of a JSON answer: bounded, no control characters, UTF-8.
local function usable(name)
  if name == "" or #name > LONGEST_NAME or find(name, "%c") then return false end
  if not find(name, "[\128-\255]") then return true end
  local rest = gsub(name, "[\194-\223][\128-\191]", "")
  rest = gsub(rest, "[\225-\236\238\239][\128-\191][\128-\191]", "")
  rest = gsub(rest, "\224[\160-\191][\128-\191]", "")
  rest = gsub(rest, "\237[\128-\159][\128-\191]", "")
  rest = gsub(rest, "[\240-\244][\128-\191][\128-\191][\128-\191]", "")
  return not find(rest, "[\128-\255]")
end

local function unescape(text)
  return (gsub(text, "%%(%x%x)", function(digits) return char(tonumber(digits, 16)) end))
end

-- Everything but inference: the lists of models, health and the control API.
local function other(h, hd, method, path)
  local reading = method == "GET" or method == "HEAD"
  if path == "/v1/models" or path == "/models" then return answer(h, reading and "models" or "method-get") end
  local _, slash = find(path, "^/v1/models/")
  if not slash then _, slash = find(path, "^/models/") end
  if slash then
    if not reading then return answer(h, "method-get") end
    local name = unescape(sub(path, slash + 1))
    if not usable(name) then return answer(h, "not-found") end
    hd:replace("x-portico-model", name)
    return answer(h, "model")
  end
  if path == "/health" then return answer(h, reading and "health" or "method-get") end
  if path == "/health/detailed" or find(path, "^/gateway/") then return answer(h, "control") end
  return answer(h, "not-found")
end

-- The branches in the order in which they are tried: the steps one after the other, and within a step a draw by weight
-- without putting back, so that its other branches stand in for the one that failed.
function draw(weights, random)
  local order, before = {}, 0
  for s = 1, #weights do
    local step = weights[s]
    local left, total = {}, 0
    for i = 1, #step do
      left[i] = i
      total = total + step[i]
    end
    while #left > 0 do
      local point, pick = random() * total, #left
      for i = 1, #left do
        point = point - step[left[i]]
        if point < 0 then
          pick = i
          break
        end
      end
      local branch = table.remove(left, pick)
      total = total - step[branch]
      order[#order + 1] = before + branch
    end
    before = before + #step
  end
  return order
end

function envoy_on_request(h)
  local hd = h:headers()
  keep_sane_id(h, hd)
  local method, path = hd:get(":method"), hd:get(":path")
  local mark = find(path, "?", 1, true)
  local api = APIS[mark and sub(path, 1, mark - 1) or path]
  if not api then return other(h, hd, method, mark and sub(path, 1, mark - 1) or path) end
  if method ~= "POST" then return answer(h, "method-post") end
  if tonumber(hd:get("content-length") or 0) > MAX_BODY then return answer(h, "too-large") end
  local body = h:body()
  if not body then return answer(h, "bad-json") end
  local length = body:length()
  if length > MAX_BODY then return answer(h, "too-large") end
  local object, model, stream, spans = scan(body:getBytes(0, length))
  if length > LARGE then collectgarbage() end
  if not object then return answer(h, "bad-json") end
  if not model or model == "" then return answer(h, "no-model") end
  if not usable(model) then return answer(h, "bad-name") end
  hd = h:headers()
  hd:replace("x-portico-model", model)
  if stream then hd:replace("x-portico-stream", "1") end
  hd:replace("x-portico-api", api)
  answer(h, "inference")
  local route = h:metadata()
  local apis = route:get("apis")
  if not apis then return end
  if not find(apis, api, 1, true) then
    hd:replace("x-portico-serves", apis)
    return answer(h, "unsupported")
  end
  local dynamic = h:streamInfo():dynamicMetadata()
  local state = { path = api .. (mark and sub(path, mark) or ""), length = length, asked = model }
  -- One place is worth remembering; several are found again when they are needed.
  if #spans == 2 then state.open, state.close = spans[1], spans[2] end
  local weights = route:get("weights")
  if weights then
    local order, groups = draw(weights, math.random), {}
    for i = 1, #order do groups[i] = { name = tostring(order[i]) } end
    state.order = order
    dynamic:set("portico.attempts", "priority_groups", groups)
    h:clearRouteCache()
  end
  dynamic:set("portico", "request", state)
end
