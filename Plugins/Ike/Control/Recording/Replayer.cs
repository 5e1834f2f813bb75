using System.Globalization;
using Google.Protobuf;
using RouterOS.Ike.Control.Policy;
using RouterOS.Proto.Ike.V1;
using RouterOS.Sdk.Intents;
using RouterOS.Sdk.Plugins;

namespace RouterOS.Ike.Control.Recording;

/// <summary>Goes through a recording again with the plugin as it is: same states, or where it differs.</summary>
internal static class Replayer
{
    private const int MostPieces = 2_000_000;

    // What follows at once from the last message.
    private static readonly TimeSpan s_aftermath = TimeSpan.FromMilliseconds(500);

    /// <summary>Replays a file; null where it is no recording.</summary>
    public static ReplayResult? Run(ReadOnlyMemory<byte> file, IntentSet? intents, ReplayCrypto crypto)
    {
        if (!RecordingFile.IsOne(file.Span))
        {
            return null;
        }

        if (!RecordingFile.TryRead(file, out RecordingHeader? header, out List<RecordedEvent> events))
        {
            return new ReplayResult(["The recording is cut or damaged: its beginning cannot be read."], false);
        }

        IkeIntent? intent = intents is null ? header.Intent : Choose(intents.Get<IkeIntent>(), header);
        if (intent is null)
        {
            return new ReplayResult([$"The configuration has no gateway for {Ipv4.Text(PeerAddress.Of(header.Remote, header.Remote6))}, nor one with the name {header.Gateway}."], false);
        }

        bool isOther = intents is not null && !intent.Equals(header.Intent);
        try
        {
            List<RecordedEvent> again = Again(
                header, events, intent, crypto, isOther, out (bool IsUp, IReadOnlyList<string> Sentences) outcome, out bool hasInvented);
            return Tell(header, events, again, isOther, outcome, hasInvented);
        }
        catch (Exception problem) when (problem is not OutOfMemoryException)
        {
            // Whoever wrote the file: what it makes the plugin do ends here.
            return new ReplayResult([$"The recording cannot be replayed: {problem.Message}"], false);
        }
    }

    /// <summary>The events of a replay.</summary>
    public static List<RecordedEvent> Again(
        RecordingHeader header, List<RecordedEvent> events, IkeIntent intent, ReplayCrypto crypto, bool isOther,
        out (bool IsUp, IReadOnlyList<string> Sentences) outcome, out bool hasInvented)
    {
        List<RecordedEvent> again = [];
        ReplayContext context = new(header, events, crypto);
        IkePlugin plugin = new();
        Recorder recorder = new(context.Clock, again.Add);
        context.Line.Post(() => plugin.StartReplay(context, intent, recorder));
        foreach (RecordedEvent happened in events)
        {
            if (happened.WhatCase is RecordedEvent.WhatOneofCase.Received or RecordedEvent.WhatOneofCase.Happened or RecordedEvent.WhatOneofCase.Network)
            {
                context.Line.At(recorder.Started + Ticks(happened.At), () => context.Happen(happened));
            }
        }

        // Under another configuration what the peer would have said next is not known: waiting for it would only end in silence.
        ulong last = events.Count == 0 ? 0 : isOther
            ? events.FindLast(e => e.WhatCase == RecordedEvent.WhatOneofCase.Received)?.At ?? events[^1].At : events[^1].At;
        _ = context.Line.Run(recorder.Started + Ticks(last) + (isOther ? s_aftermath : TimeSpan.Zero), MostPieces);
        outcome = plugin.ReplayOutcome(intent.Gateways[0].Name);
        hasInvented = context.HasInvented;
        return again;
    }

    private static TimeSpan Ticks(ulong ticks) => TimeSpan.FromTicks((long)Math.Min(ticks, TimeSpan.TicksPerDay));

    // The gateway for the same peer: by its address, or else by its name.
    private static IkeIntent? Choose(IkeIntent intent, RecordingHeader header)
    {
        string remote = Ipv4.Text(PeerAddress.Of(header.Remote, header.Remote6));
        Gateway? gateway = intent.Gateways.FirstOrDefault(g => g.Name == header.Gateway && g.RemoteAddresses.Contains(remote))
            ?? intent.Gateways.FirstOrDefault(g => g.RemoteAddresses.Contains(remote)) ?? intent.Gateways.FirstOrDefault(g => g.Name == header.Gateway);
        if (gateway is null)
        {
            return null;
        }

        IkeIntent chosen = new() { Gateways = { gateway } };
        chosen.Vpns.AddRange(intent.Vpns.Where(v => v.Gateway == gateway.Name && v.Manual is null));
        return chosen;
    }

    private static ReplayResult Tell(
        RecordingHeader header, List<RecordedEvent> events, List<RecordedEvent> again, bool isOther,
        (bool IsUp, IReadOnlyList<string> Sentences) outcome, bool hasInvented)
    {
        List<string> lines =
        [
            string.Create(CultureInfo.InvariantCulture,
                $"Recording of peer {Ipv4.Text(PeerAddress.Of(header.Remote, header.Remote6))} (gateway {header.Gateway}), begun {new DateTime(header.Started, DateTimeKind.Utc):yyyy-MM-dd HH:mm:ss} UTC"),
        ];
        lines.AddRange(again.Select(Words).OfType<string>());
        lines.AddRange(outcome.Sentences.Select(s => $"Now: {s}."));
        RecordingEnd? end = events.FindLast(e => e.WhatCase == RecordedEvent.WhatOneofCase.End)?.End;
        RecordedEvent[] then = [.. events.Where(IsDone)];
        RecordedEvent[] now = [.. again.Where(IsDone)];
        int same = then.Zip(now).TakeWhile(p => IsSame(p.First, p.Second)).Count();
        bool isSame = same == then.Length && same == now.Length && (end is null || end.Outcome.SequenceEqual(outcome.Sentences));
        lines.AddRange(end?.Outcome.Select(s => $"Then: {s}.") ?? []);
        if (isSame)
        {
            lines.Add($"The replay went through the same {same} states, timers and messages.");
        }
        else if (same < Math.Max(then.Length, now.Length))
        {
            lines.Add("It differs from here on:");
            lines.Add("  then " + (same < then.Length ? Words(then[same])!.TrimStart() : "nothing more"));
            lines.Add("  now  " + (same < now.Length ? Words(now[same])!.TrimStart() : "nothing more"));
        }

        if (isOther)
        {
            lines.Add(Compare(end, outcome, isSame));
        }
        else if (!isSame && hasInvented)
        {
            lines.Add("It needed random numbers that the recording does not have: this version does something else than the one that recorded.");
        }

        return new ReplayResult(lines, isSame);
    }

    private static string Compare(RecordingEnd? end, (bool IsUp, IReadOnlyList<string> Sentences) outcome, bool isSame)
    {
        const string With = "With this configuration ";
        if (isSame || outcome.IsUp)
        {
            return With + (isSame ? "nothing would have been different." : end is { Up: true } ? "it would have succeeded too." : "it would have succeeded.");
        }

        if (outcome.Sentences.FirstOrDefault(s => s.Contains(" failed: ", StringComparison.Ordinal)) is { } failure)
        {
            return $"{With}it would have failed: {failure}.";
        }

        string[] better = [.. outcome.Sentences.Where(s => s.EndsWith(Outcome.Up, StringComparison.Ordinal) && end?.Outcome.Contains(s) != true)];
        string rest = string.Join("; ", outcome.Sentences.Except(better));
        return better.Length > 0
            ? $"{With}{string.Join(" and ", better.Select(s => s[..^Outcome.Up.Length]))} would have succeeded; what follows was never asked of the peer: {rest}."
            : $"{With}it would have gone on, to messages that the peer was never asked for: {rest}.";
    }

    private static bool IsDone(RecordedEvent happened) =>
        happened.WhatCase is RecordedEvent.WhatOneofCase.Line or RecordedEvent.WhatOneofCase.Sent or RecordedEvent.WhatOneofCase.Received;

    private static bool IsSame(RecordedEvent one, RecordedEvent other) => one.WhatCase == other.WhatCase && one.WhatCase switch
    {
        RecordedEvent.WhatOneofCase.Line => one.Line == other.Line,
        RecordedEvent.WhatOneofCase.Sent => one.Sent.Equals(other.Sent),
        _ => one.Received.Equals(other.Received),
    };

    private static string? Words(RecordedEvent happened)
    {
        string? what = happened.WhatCase switch
        {
            RecordedEvent.WhatOneofCase.Line => happened.Line,
            RecordedEvent.WhatOneofCase.Received => Message("received", happened.Received.Payload, happened.Received.DestinationPort),
            RecordedEvent.WhatOneofCase.Sent => Message("sent", happened.Sent.Payload, happened.Sent.SourcePort),
            _ => null,
        };
        return what is null ? null : string.Create(CultureInfo.InvariantCulture, $"{Ticks(happened.At).TotalSeconds,9:0.000}  {what}");
    }

    private static string Message(string way, ByteString payload, uint port)
    {
        ReadOnlySpan<byte> bytes = payload.Span;
        return $"{way}: {IkeTrace.Describe(port == PeerEndpoints.NatPort && bytes.Length > 4 ? bytes[4..] : bytes)}";
    }
}
