-- Upstream, in the clusters of LiteLLM. A failure is told as the engine behind LiteLLM told it: without the names of LiteLLM's
-- classes, and without its list of other models. An engine that is away or late gets the status it has on the direct lane, so
-- that the next attempt follows and outcome.lua finds the words.
local TAILS = {
  "\n\nLiteLLM: model group", "\n\nDeployment Info:", "\nReceived Model Group=", ". Received Model Group=",
  "\nmodel=", " To drop these, set `litellm",
}

-- The inside of the string that is the first member "message".
local function find_message(text)
  local _, open = find(text, '"message"[ \t\r\n]*:[ \t\r\n]*"')
  local close = open and string_end(text, open)
  return close and open, close
end

local function message_in(text)
  local open, close = find_message(text)
  return open and json_decode(sub(text, open + 1, close - 1))
end

-- "litellm.NotFoundError: NotFoundError: LlamafileException - gone\n\nLiteLLM: model group ..." becomes "gone". What is left
-- can be the engine's whole answer.
local function engines_own(message)
  for i = 1, #TAILS do
    local tail = find(message, TAILS[i], 1, true)
    if tail then message = sub(message, 1, tail - 1) end
  end
  local kinds = {}
  while true do
    local kind, rest = match(message, "^litellm%.(%w+): (.*)$")
    if not kind then
      kind, rest = match(message, "^(%w+): (.*)$")
      if not kinds[kind or ""] then break end
    end
    kinds[kind], message = true, rest
  end
  message = next(kinds) and match(message, "^[%w_]+Exception %- (.*)$") or message
  return find(message, "^{") and message_in(message) or message
end

local function is_away(status, message)
  return (status == "500" or status == "503") and message == "Connection error."
end

function envoy_on_response(h)
  local status = h:headers():get(":status")
  if tonumber(status) < 400 or h:headers():get("x-portico-answer") then return end
  local body = h:body(true)
  local text = body:length() > 0 and body:getBytes(0, body:length()) or ""
  local headers = h:headers()
  local open, close = find_message(text)
  local told = open and json_decode(sub(text, open + 1, close - 1))
  local message = told and engines_own(told)
  if status == "408" then
    headers:replace(":status", "504")
    headers:replace("x-portico-answer", "late")
  elseif is_away(status, message) then
    headers:replace(":status", "503")
    headers:replace("x-portico-answer", "down")
  elseif not message then
    headers:replace("content-type", "application/json")
    headers:replace("content-length", body:setBytes('{"error":{"message":"LiteLLM failed to answer the request","type":"'
      .. 'server_error","param":null,"code":"litellm_failed"},"type":"error"}'))
  elseif message ~= told then
    local changed = sub(text, 1, open) .. json_encode(message) .. sub(text, close)
    headers:replace("content-length", body:setBytes(changed))
  end
end
