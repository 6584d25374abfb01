-- Downstream, next to the router. Says in OpenAI's shape that no provider answered; what went wrong is in the header that
-- the local replies and the two local listeners put on their answers.
function envoy_on_response(h)
  local answer = h:headers():get("x-portico-answer")
  if not answer then return end
  local state = h:streamInfo():dynamicMetadata():get("portico") or {}
  local attempt, request = state.attempt, state.request
  local model = request and request.asked
  local message = "the gateway's control API did not answer"
  if model then
    message = "no provider of model '" .. model .. "' answered"
    if answer == "late" then message = message .. " in time" end
    if attempt then message = message .. " (tried " .. attempt.tried .. ")" end
    if answer == "starting" then message = message .. "; the LiteLLM lane is starting" end
  end
  local body = h:body(true)
  local length = body:setBytes('{"error":{"message":"' .. json_encode(message) .. '","type":"server_error","param":null,"code":"'
    .. (answer == "late" and "timeout" or "no_provider_answered") .. '"},"type":"error"}')
  local headers = h:headers()
  headers:replace(":status", answer == "late" and "504" or "503")
  headers:replace("content-type", "application/json")
  headers:replace("content-length", length)
  headers:replace("retry-after", "2")
  h:streamInfo():dynamicMetadata():set("portico", "attempt", {})
end
