-- Downstream, in place of outcome.lua on the route for unknown names: 404 with the closest known ones. NAMES is a text with a
-- line per name. The index is built once per worker, at the first unknown name.
local MOST_COMPARED, MOST_SHARED = 60, 200
local floor, min, max, abs = math.floor, math.min, math.max, math.abs
local by_fold, by_base, by_pair

local function fold(name)
  return (string.gsub(string.lower(name), "[:/_. -]+", "-"))
end

local function base(name)
  return fold(string.match(name, "^[^:]*"))
end

local function push(index, key, value)
  local list = index[key]
  if list then list[#list + 1] = value else index[key] = { value } end
end

local function build()
  by_fold, by_base, by_pair = {}, {}, {}
  for name in string.gmatch(NAMES, "[^\n]+") do
    local folded = fold(name)
    if not by_fold[folded] then
      for i = 1, #folded - 1 do push(by_pair, string.sub(folded, i, i + 1), folded) end
    end
    push(by_fold, folded, name)
    push(by_base, base(name), name)
  end
end

-- Edits from one text to the other (insert, remove, replace, swap neighbours), or `limit` if there are at least as many.
local function distance(a, b, limit)
  if abs(#a - #b) >= limit then return limit end
  local two, one = {}, {}
  for j = 0, #b do one[j] = j end
  for i = 1, #a do
    local row, best = { [0] = i }, i
    for j = 1, #b do
      local same = string.byte(a, i) == string.byte(b, j)
      local cost = min(one[j] + 1, row[j - 1] + 1, one[j - 1] + (same and 0 or 1))
      if i > 1 and j > 1 and string.byte(a, i) == string.byte(b, j - 1) and string.byte(a, i - 1) == string.byte(b, j) then
        cost = min(cost, two[j - 2] + 1)
      end
      row[j] = cost
      best = min(best, cost)
    end
    if best >= limit then return limit end
    two, one = one, row
  end
  return min(one[#b], limit)
end

-- The known names that share most pairs of letters, the rarest pairs first so that the work stays bounded.
local function similar(folded)
  local lists = {}
  for i = 1, #folded - 1 do
    local list = by_pair[string.sub(folded, i, i + 1)]
    if list then lists[#lists + 1] = list end
  end
  table.sort(lists, function(a, b) return #a < #b end)
  local shared, found = {}, {}
  for i = 1, #lists do
    local list = lists[i]
    for j = 1, min(#list, MOST_SHARED) do
      local name = list[j]
      if not shared[name] then found[#found + 1] = name end
      shared[name] = (shared[name] or 0) + 1
    end
  end
  table.sort(found, function(a, b)
    local x, y = 2 * shared[a] - abs(#a - #folded), 2 * shared[b] - abs(#b - #folded)
    if x ~= y then return x > y end
    return a < b
  end)
  return found
end

-- At most three known names, the closest first.
function suggest(name)
  if not by_fold then build() end
  local folded, result, seen = fold(string.sub(name, 1, 128)), {}, {}
  local function take(list)
    for i = 1, #(list or {}) do
      if #result < 3 and not seen[list[i]] then
        seen[list[i]] = true
        result[#result + 1] = list[i]
      end
    end
  end
  take(by_fold[folded])
  take(by_base[base(name)])
  local limit = max(2, floor(#folded * 0.4) + 1)
  local close, candidates = {}, similar(folded)
  for i = 1, min(#candidates, MOST_COMPARED) do
    local edits = distance(folded, candidates[i], limit)
    if edits < limit then close[#close + 1] = { edits, candidates[i] } end
  end
  table.sort(close, function(a, b)
    if a[1] ~= b[1] then return a[1] < b[1] end
    return a[2] < b[2]
  end)
  for i = 1, #close do take(by_fold[close[i][2]]) end
  return result
end

function envoy_on_request(h)
  local name = h:headers():get("x-portico-model") or ""
  local message = "the model '" .. name .. "' does not exist"
  local found = suggest(name)
  if #found > 0 then message = message .. "; did you mean '" .. table.concat(found, "' or '") .. "'?" end
  h:respond({ [":status"] = "404", ["content-type"] = "application/json" },
    '{"error":{"message":"' .. json_encode(message)
    .. '","type":"invalid_request_error","param":"model","code":"model_not_found"},"type":"error"}')
end
