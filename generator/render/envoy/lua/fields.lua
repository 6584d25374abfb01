-- Upstream, in the clusters of LiteLLM, before attempt.lua's work. LiteLLM takes some members of a body as orders to itself: to
-- go elsewhere, to send other headers or keys, to ask another model, to answer without asking. Clients have no business there.
local ORDERS = {
  "api_base", "api_key", "api_version", "base_url", "custom_llm_provider", "extra_body", "extra_headers", "fallbacks",
  "context_window_fallbacks", "content_policy_fallbacks", "headers", "input_cost_per_token", "output_cost_per_token",
  "litellm_metadata", "mock_response", "mock_timeout", "mock_tool_calls", "model_list", "organization", "user_config",
}
local IS_ORDER = {}
for i = 1, #ORDERS do IS_ORDER[ORDERS[i]] = true end

-- The first member of the outermost object that is an order.
local function order_among_members(s)
  local _, at = find(s, "^[ \t\r\n]*{")
  local depth = 1
  while at do
    local p = find(s, '["{}%[%]]', at + 1)
    if not p or depth == 0 then return nil end
    local c = byte(s, p)
    at = p
    if c == 34 then
      at = string_end(s, p)
      if at and depth == 1 and at - p <= 128 and find(s, "^[ \t\r\n]*:", at + 1) then
        local key = json_decode(sub(s, p + 1, at - 1))
        if IS_ORDER[key or ""] then return key end
      end
    else
      depth = depth + ((c == 123 or c == 91) and 1 or -1)
    end
  end
end

-- Nearly no body holds the name of an order as a whole string, which is cheaper to find out. Escapes could spell it.
local function order_in(s)
  if find(s, "\\u00", 1, true) then return order_among_members(s) end
  for i = 1, #ORDERS do
    if find(s, '"' .. ORDERS[i] .. '"', 1, true) then return order_among_members(s) end
  end
end

local attempt = envoy_on_request

function envoy_on_request(h)
  local body = h:body()
  local order = body and order_in(body:getBytes(0, body:length()))
  if not order then return attempt(h) end
  local state = h:streamInfo():dynamicMetadata():get("portico")
  -- As the last resort LiteLLM would have stood in for engines that do take it, so that they are what is missing.
  if state.attempt then return h:respond({ [":status"] = "503", ["x-portico-answer"] = "down" }, "") end
  h:respond({ [":status"] = "400", ["content-type"] = "application/json" },
    '{"error":{"message":"the parameter \'' .. order .. '\' is not served by the LiteLLM lane","type":"invalid_request_error",'
    .. '"param":"' .. order .. '","code":"unsupported_parameter"},"type":"error"}')
end
