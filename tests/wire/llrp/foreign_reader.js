// A reader on llrpjs, an LLRP library of others: `node foreign_reader.js TAGS` with TAGS as JSON, a list of
// {epc: hexadecimal, antenna, rssi}.  It serves one client at a time and reports every tag of the antennas asked for,
// again and again, while the ROSpec runs.  Each line that it prints is JSON: its port, every request as llrpjs
// understood it, every keepalive that was acknowledged.
"use strict";
const { LLRPServer, LLRPCore } = require("llrpjs");

const tags = JSON.parse(process.argv[2]);
const server = new LLRPServer({ host: "127.0.0.1", port: 0 });
let timers = [];
let rospec = null;

const say = (line) => console.log(JSON.stringify(line, (_, value) => (typeof value === "bigint" ? Number(value) : value)));
const send = (type, data = {}, id = 0) => server.send(new LLRPCore[type]({ id, data }));
const now = () => ({ Microseconds: new Date() });

function stop() {
  timers.forEach(clearInterval);
  timers = [];
}

const status = (ok) => ({ LLRPStatus: { StatusCode: ok ? "M_Success" : "M_FieldError", ErrorDescription: "" } });

const capabilities = () => ({
  GeneralDeviceCapabilities: {
    MaxNumberOfAntennaSupported: 4,
    CanSetAntennaProperties: 0,
    HasUTCClockCapability: 1,
    DeviceManufacturerName: 0,
    ModelName: 7,
    ReaderFirmwareVersion: "llrpjs",
    ReceiveSensitivityTableEntry: { Index: 1, ReceiveSensitivityValue: 0 },
    GPIOCapabilities: { NumGPIs: 0, NumGPOs: 0 },
    PerAntennaAirProtocol: { AntennaID: 1, ProtocolID: ["EPCGlobalClass1Gen2"] },
  },
});

function tagReport({ epc, antenna, rssi }) {
  const octets = [...Buffer.from(epc, "hex")];
  return {
    ...(octets.length === 12 ? { EPC_96: { EPC: octets } } : { EPCData: { EPC: octets } }),
    AntennaID: { AntennaID: antenna },
    PeakRSSI: { PeakRSSI: rssi },
    FirstSeenTimestampUTC: now(),
    LastSeenTimestampUTC: now(),
    TagSeenCount: { TagCount: 1 },
  };
}

function report() {
  const asked = rospec.AISpec.AntennaIDs;
  const heard = tags.filter(({ antenna }) => asked.includes(0) || asked.includes(antenna));
  send("RO_ACCESS_REPORT", { TagReportData: heard.map(tagReport) });
}

// What each request does; false refuses it.
const requests = {
  GET_READER_CAPABILITIES: () => true,
  SET_READER_CONFIG: ({ KeepaliveSpec: spec }) => {
    timers.push(setInterval(() => send("KEEPALIVE"), spec.PeriodicTriggerValue));
    return true;
  },
  ADD_ROSPEC: ({ ROSpec }) => {
    rospec = rospec ? null : ROSpec;
    return rospec !== null;
  },
  DELETE_ROSPEC: () => {
    rospec = null;
    return true;
  },
  ENABLE_ROSPEC: ({ ROSpecID }) => rospec !== null && rospec.ROSpecID === ROSpecID,
  START_ROSPEC: ({ ROSpecID }) => {
    if (rospec === null || rospec.ROSpecID !== ROSpecID) return false;
    timers.push(setInterval(report, 20));
    return true;
  },
  STOP_ROSPEC: () => {
    stop();
    return true;
  },
  CLOSE_CONNECTION: () => true,
};

for (const [type, act] of Object.entries(requests)) {
  server.on(type, async (message) => {
    const { id, data } = message.toLLRPData();
    const ok = act(data);
    say({ request: type, data, ok });
    const extra = type === "GET_READER_CAPABILITIES" ? capabilities() : {};
    await send(`${type}_RESPONSE`, { ...status(ok), ...extra }, id);
  });
}
server.on("KEEPALIVE_ACK", () => say({ acknowledged: true }));
server.on("connection", () =>
  send("READER_EVENT_NOTIFICATION", {
    ReaderEventNotificationData: { UTCTimestamp: now(), ConnectionAttemptEvent: { Status: "Success" } },
  }),
);
server.on("disconnect", stop);
server.on("error", (error) => say({ error: String(error) }));
server._server.on("listening", () => say({ port: server._server.address().port }));
server.listen();
