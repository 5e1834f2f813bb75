using System.Buffers.Binary;
using System.Net;
using Google.Protobuf;
using Grpc.Core;
using RouterOS.Proto.Flow.V1;
using RouterOS.Sdk.Logging;
using RouterOS.Sdk.Plugins;

namespace RouterOS.Flow.Control;

/// <summary>The log of sessions: takes from the modules what policies want logged and writes a line for each.</summary>
/// <remarks>It has a file of its own: traffic must not push negotiations out of the router's log.</remarks>
internal sealed class SessionLog(FlowCommit commit, IControlContext control)
{
    /// <summary>Name of the file.</summary>
    public const string FileName = "traffic-log";

    private const long FileBytes = 1024 * 1024;
    private const uint Icmp = 1;
    private const uint Icmp6 = 58;

    private ITrace? _trace;
    private ulong _leftOut;

    /// <summary>Takes what there is.</summary>
    public async Task Take()
    {
        try
        {
            IReadOnlyList<KeyValuePair<string, SessionEvent>> rows = await control.Modules.Snapshot<SessionEvent>("flow-log");
            _trace ??= control.Traces.Open(new TraceFile(FileName) { Bytes = FileBytes });
            Dictionary<uint, Policy> policies = commit.Intent.Policies.ToDictionary(commit.PolicyNumber);
            Dictionary<uint, string> zones = commit.Intent.Zones.ToDictionary(zone => commit.ZoneNumber(zone.Name), zone => zone.Name);
            foreach ((_, SessionEvent happened) in rows)
            {
                _trace.Write(Line(happened, policies.GetValueOrDefault(happened.Session.Policy), zones));
            }

            await CountLeftOut(_trace);
        }
        catch (RpcException)
        {
            // The module went away with what it had; the next one says when it has something.
        }
    }

    private async Task CountLeftOut(ITrace trace)
    {
        ulong sum = 0;
        foreach ((_, SessionSummary module) in await control.Modules.Snapshot<SessionSummary>("flow-summary"))
        {
            sum += module.LogLeftOut;
        }

        // A module that has started anew counts from 0.
        ulong more = sum >= _leftOut ? sum - _leftOut : sum;
        _leftOut = sum;
        if (more > 0)
        {
            trace.Write($"RT_FLOW: {more} messages about sessions were left out: there were too many at once");
        }
    }

    // The vendor's words and order of fields. Nothing is translated, so the addresses stand there twice and the rules have no names.
    private string Line(SessionEvent happened, Policy? policy, Dictionary<uint, string> zones)
    {
        SessionState session = happened.Session;
        string flow = $"{Address(session.Source, session.Source6)}/{session.SourcePort}->{Address(session.Destination, session.Destination6)}/{session.DestinationPort}";
        string service = Service(policy, session);
        string where = $"{policy?.Name ?? "unset"} {zones.GetValueOrDefault(happened.FromZone) ?? "unset"} {zones.GetValueOrDefault(happened.ToZone) ?? "unset"}";
        if (happened.Kind == SessionEvent.Types.Kind.Refused)
        {
            uint type = session.Protocol is Icmp or Icmp6 ? session.DestinationPort : 0;
            return $"RT_FLOW_SESSION_DENY: session denied {flow} {service} {session.Protocol}({type}) {where}";
        }

        string common = $"{flow} {service} {flow} None None {session.Protocol} {where} {session.Id}";
        return happened.Kind == SessionEvent.Types.Kind.Begun
            ? $"RT_FLOW_SESSION_CREATE: session created {common}"
            : $"RT_FLOW_SESSION_CLOSE: session closed {Text(happened.Reason)}: {common} {session.ForwardPackets}({session.ForwardBytes}) "
                + $"{session.ReversePackets}({session.ReverseBytes}) {happened.ElapsedSeconds}";
    }

    private string Service(Policy? policy, SessionState session) =>
        (policy?.Applications ?? []).Concat(commit.Intent.Services).FirstOrDefault(application => Fits(application, session))?.Name
        ?? (session.Protocol is Icmp or Icmp6 ? "icmp" : "None");

    private static bool Fits(Application application, SessionState session) =>
        (application.Protocol == 0 || application.Protocol == session.Protocol)
        && (application.LastDestinationPort == 0
            || (application.FirstDestinationPort <= session.DestinationPort && session.DestinationPort <= application.LastDestinationPort))
        && (application.LastSourcePort == 0 || (application.FirstSourcePort <= session.SourcePort && session.SourcePort <= application.LastSourcePort));

    private static string Address(uint address, ByteString address6) =>
        (address6.IsEmpty ? new IPAddress(BinaryPrimitives.ReverseEndianness(address)) : new IPAddress(address6.Span)).ToString();

    private static string Text(SessionEvent.Types.Reason reason) => reason switch
    {
        SessionEvent.Types.Reason.Idle => "idle Timeout",
        SessionEvent.Types.Reason.TcpFin => "TCP FIN",
        SessionEvent.Types.Reason.OpenerReset => "TCP CLIENT RST",
        SessionEvent.Types.Reason.AnswererReset => "TCP SERVER RST",
        SessionEvent.Types.Reason.Cleared => "CLI",
        SessionEvent.Types.Reason.Policy => "policy delete",
        _ => "unset",
    };
}
