-- Upstream, once per attempt, in every cluster with engines behind it. Attempts of a request share its headers, so each sets
-- or removes all that depends on the provider. The body is the client's own in every attempt.
local NOT_FOR_ENGINES = {
  "authorization", "proxy-authorization", "x-api-key", "api-key", "x-goog-api-key", "cookie",
  "x-portico-kind", "x-portico-api", "x-portico-model", "x-portico-stream",
  "x-envoy-attempt-count", "x-envoy-external-address", "x-forwarded-for", "x-forwarded-proto",
}

local LARGE = 1048576

-- Writes the engine's name into the body, and returns the body's length.
local function replace_name(body, request, engine)
  local length, literal = body:length(), json_encode(engine)
  if request.open then
    local after = request.close - 1
    return body:setBytes(body:getBytes(0, request.open) .. literal .. body:getBytes(after, length - after))
  end
  local text = body:getBytes(0, length)
  local _, _, _, spans = scan_all(text)
  local changed = rename(text, spans, engine, literal)
  return changed and body:setBytes(changed) or length
end

function envoy_on_request(h)
  local headers = h:headers()
  local count = tonumber(headers:get("x-envoy-attempt-count")) or 1
  -- First of all, so that nothing that fails below can let a credential through.
  for i = 1, #NOT_FOR_ENGINES do headers:remove(NOT_FOR_ENGINES[i]) end
  local dynamic = h:streamInfo():dynamicMetadata()
  local state = dynamic:get("portico")
  local request, last = state.request, state.attempt
  local context, route = h:filterContext(), h:metadata()
  -- LiteLLM would compress its answers, which failure.lua has to read; the streams of engines come as they are either way.
  if context:get("lane") == "litellm" then headers:remove("accept-encoding") end
  local branch = request.order and request.order[count] or count
  local public = route:get("public")[branch]
  local name = route:get("models")[branch]
  local engine = name
  if name == "" then
    engine = context:get("name_prefix") .. (state.engine_model or request.asked)
    public = request.asked
  end
  -- What the provider before this one was given.
  if last and last.headers then
    for i = 1, #last.headers do headers:remove(last.headers[i]) end
  end
  headers:replace(":path", context:get("path_prefix") .. request.path)
  local own = context:get("headers")
  if own then
    for key, value in pairs(own) do headers:replace(key, value) end
  end
  local provider = context:get("provider")
  local tried = last and last.tried or provider
  if last and last.provider ~= provider then tried = tried .. ", " .. provider end
  dynamic:set("portico", "attempt", {
    lane = context:get("lane"),
    provider = provider,
    model = public,
    headers = context:get("header_names"),
    tried = tried,
  })
  if request.open and engine == request.asked then
    headers:replace("content-length", request.length)
    return
  end
  local length = replace_name(h:body(), request, engine)
  h:headers():replace("content-length", length)
  if length > LARGE then collectgarbage() end
end
