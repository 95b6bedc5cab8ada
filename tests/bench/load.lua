-- Requests of one workload for wrk. The environment says which (WORKLOAD: post, list, unchanged,
-- get, mixed, health, constant) and how large the data set is (CONVERSATIONS, BOTS,
-- PER_CONVERSATION); a list of ids of messages stands in the file IDS.

local workload = os.getenv("WORKLOAD")
local conversations = tonumber(os.getenv("CONVERSATIONS"))
local bots = tonumber(os.getenv("BOTS"))
local heads, reads = {}, {}
local threads, count = 0, 0

-- The ids of data_set.py.
local function id(kind, number)
   return string.format("%08x-0000-4000-8000-%012x", kind, number)
end

local function conversation(number)
   return id((number * 2654435761) % 4294967296, number)
end

local function get(target, more)
   return "GET " .. target .. " HTTP/1.1\r\nHost: localhost\r\n" .. (more or "") .. "\r\n"
end

local function prepare_reads()
   if workload == "get" then
      for line in io.lines(os.getenv("IDS")) do
         reads[#reads + 1] = get("/messages/" .. line)
      end
   elseif workload == "constant" then
      reads[1] = get("/")
   elseif workload == "health" then
      reads[1] = get("/healthz")
   else
      local known = 'If-None-Match: "' .. os.getenv("PER_CONVERSATION") .. '"\r\n'
      for number = 0, conversations - 1 do
         reads[number + 1] = get("/messages?conversationId=" .. conversation(number),
            workload == "unchanged" and known or nil)
      end
   end
end

local function prepare_posts()
   for number = 0, conversations - 1 do
      heads[number + 1] = '{"conversationId":"' .. conversation(number)
         .. '","timestamp":"2026-11-17T12:00:00.1234567Z","from":"' .. id(0, number % bots)
         .. '","to":"' .. id(3, number)
         .. '","text":"Olá! Como posso te ajudar com o pedido número '
   end
end

local function post()
   count = count + 1
   local body = heads[math.random(#heads)] .. count .. ' de hoje? Obrigado."}'
   return "POST /messages HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
      .. "Content-Length: " .. #body .. "\r\n\r\n" .. body
end

local function read()
   return reads[math.random(#reads)]
end

function setup(thread)
   thread:set("number", threads)
   threads = threads + 1
end

function init()
   math.randomseed(os.time() * 64 + number)
   if workload ~= "post" then prepare_reads() end
   if workload == "post" or workload == "mixed" then prepare_posts() end
   if workload == "post" then
      request = post
   elseif workload == "mixed" then
      request = function() return math.random(5) == 1 and post() or read() end
   else
      request = read
   end
end

function done(summary, latency)
   local errors = summary.errors
   io.write(string.format(
      '{"requests": %d, "seconds": %f, "p50_ms": %f, "p99_ms": %f, "p999_ms": %f, "failures": %d}\n',
      summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3,
      latency:percentile(99) / 1e3, latency:percentile(99.9) / 1e3,
      errors.status + errors.connect + errors.read + errors.write + errors.timeout))
end
