-- Reads the top-level members "model" and "stream" of a JSON object without parsing the rest of it.
-- As in Python's json the last of several equal keys wins, and escapes in keys and names count.
local find, sub, byte, char, match = string.find, string.sub, string.byte, string.char, string.match
local concat = table.concat

-- The closing quote of the string that opens at `open`. A plain search, because strings may hold megabytes of base64.
local function string_end(s, open)
  local from = open + 1
  while true do
    local quote = find(s, '"', from, true)
    if not quote then return nil end
    local before = quote - 1
    while before > open and byte(s, before) == 92 do before = before - 1 end
    if (quote - 1 - before) % 2 == 0 then return quote end
    from = quote + 1
  end
end

local PLAIN_ESCAPES = { ['"'] = '"', ["\\"] = "\\", ["/"] = "/", b = "\b", f = "\f", n = "\n", r = "\r", t = "\t" }

local function utf8(code)
  if code < 0x80 then return char(code) end
  if code < 0x800 then return char(0xC0 + math.floor(code / 64), 0x80 + code % 64) end
  if code < 0x10000 then
    return char(0xE0 + math.floor(code / 4096), 0x80 + math.floor(code / 64) % 64, 0x80 + code % 64)
  end
  return char(0xF0 + math.floor(code / 262144), 0x80 + math.floor(code / 4096) % 64,
    0x80 + math.floor(code / 64) % 64, 0x80 + code % 64)
end

-- The text of a JSON string's inside; nil for an escape JSON does not have. A lone surrogate becomes three bytes that are
-- no UTF-8, so it equals no configured name.
function json_decode(raw)
  if not find(raw, "\\", 1, true) then return raw end
  local parts, from = {}, 1
  while true do
    local slash = find(raw, "\\", from, true)
    if not slash then break end
    parts[#parts + 1] = sub(raw, from, slash - 1)
    local kind = sub(raw, slash + 1, slash + 1)
    if kind == "u" then
      local digits = match(raw, "^%x%x%x%x", slash + 2)
      if not digits then return nil end
      local code = tonumber(digits, 16)
      from = slash + 6
      if code >= 0xD800 and code < 0xDC00 then
        local low = match(raw, "^\\u([dD][c-fC-F]%x%x)", from)
        if low then
          code = 0x10000 + (code - 0xD800) * 1024 + (tonumber(low, 16) - 0xDC00)
          from = from + 6
        end
      end
      parts[#parts + 1] = utf8(code)
    else
      local plain = PLAIN_ESCAPES[kind]
      if not plain then return nil end
      parts[#parts + 1] = plain
      from = slash + 2
    end
  end
  parts[#parts + 1] = sub(raw, from)
  return concat(parts)
end

function json_encode(text)
  return (string.gsub(text, '[%c"\\]', function(c)
    if c == '"' or c == "\\" then return "\\" .. c end
    return byte(c) == 127 and c or string.format("\\u%04x", byte(c))
  end))
end

-- Whether the body is an object, its model (nil: none, false: not a string), whether it streams, and where the values of
-- all string members "model" stand: pairs of the opening and the closing quote, one after the other.
function scan_all(s)
  local _, open = find(s, "^[ \t\r\n]*{")
  if not open then return false end
  local model, stream, spans = nil, false, {}
  local depth, at = 1, open + 1
  while true do
    local p = find(s, '["{}%[%]]', at)
    if not p then break end
    local c = byte(s, p)
    if c == 34 then
      local e = string_end(s, p)
      if not e then break end
      at = e + 1
      if depth == 1 then
        local _, v = find(s, "^[ \t\r\n]*:[ \t\r\n]*", at)
        local key = v and e - p <= 48 and json_decode(sub(s, p + 1, e - 1))
        if key == "model" then
          at = v + 1
          model = false
          if byte(s, at) == 34 then
            local q = string_end(s, at)
            if not q then return true, nil, false, {} end
            model = json_decode(sub(s, at + 1, q - 1)) or false
            spans[#spans + 1], spans[#spans + 2] = at, q
            at = q + 1
          end
        elseif key == "stream" then
          at = v + 1
          stream = find(s, "^true", at) ~= nil
        end
      end
    else
      at = p + 1
      if c == 123 or c == 91 then
        depth = depth + 1
      else
        depth = depth - 1
        if depth == 0 then break end
      end
    end
  end
  return true, model, stream, spans
end

-- Whether position `at`, outside of any string, is directly inside the object: counted from the start of the text.
local function top_from_start(s, at)
  local i, depth = 1, 0
  while true do
    local p = find(s, '["{}%[%]]', i)
    if not p or p >= at then return depth == 1 end
    local c = byte(s, p)
    if c == 34 then
      local e = string_end(s, p)
      if not e then return false end
      i = e + 1
    else
      depth = depth + ((c == 123 or c == 91) and 1 or -1)
      i = p + 1
    end
  end
end

-- The same, counted from the end: what follows closes exactly one bracket, the last byte but for white space.
local function top_from_end(s, at)
  local i, depth = at, 1
  while true do
    local p = find(s, '["{}%[%]]', i)
    if not p then return false end
    local c = byte(s, p)
    if c == 34 then
      local e = string_end(s, p)
      if not e then return false end
      i = e + 1
    else
      depth = depth + ((c == 123 or c == 91) and 1 or -1)
      i = p + 1
      if depth == 0 then return c == 125 and find(s, "^[ \t\r\n]*$", i) ~= nil end
    end
  end
end

local function is_top(s, first, last)
  if first * 2 < #s then return top_from_start(s, first) end
  return top_from_end(s, last + 1)
end

-- The same answer as scan_all, cheaper for the usual body: `"model"` with its quotes can only be a token of JSON, since
-- quotes inside strings are escaped, so a single one that is a key of the outermost object is the one that counts.
function scan(s)
  local a, b = find(s, '"model"', 1, true)
  if not a or not find(s, "^[ \t\r\n]*{") then return scan_all(s) end
  if find(s, '"model"', b + 1, true) or find(s, "\\u00", 1, true) then return scan_all(s) end
  local _, v = find(s, '^[ \t\r\n]*:[ \t\r\n]*"', b + 1)
  local q = v and string_end(s, v)
  if not q or not is_top(s, a, q) then return scan_all(s) end
  local model = json_decode(sub(s, v + 1, q - 1))
  if not model then return scan_all(s) end
  local c, d = find(s, '"stream"', 1, true)
  if not c then return true, model, false, { v, q } end
  if find(s, '"stream"', d + 1, true) then return scan_all(s) end
  local _, w = find(s, "^[ \t\r\n]*:[ \t\r\n]*true", d + 1)
  return true, model, w ~= nil and is_top(s, c, w), { v, q }
end

-- The body with every model value replaced that is not `name` already; nil if there is nothing to replace.
-- `literal` is the name as the inside of a JSON string.
function rename(s, spans, name, literal)
  local parts, from = nil, 1
  for i = 1, #spans, 2 do
    local open, close = spans[i], spans[i + 1]
    if json_decode(sub(s, open + 1, close - 1)) ~= name then
      parts = parts or {}
      parts[#parts + 1] = sub(s, from, open)
      parts[#parts + 1] = literal
      from = close
    end
  end
  if not parts then return nil end
  parts[#parts + 1] = sub(s, from)
  return concat(parts)
end
