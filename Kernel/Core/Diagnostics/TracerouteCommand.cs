using System.Globalization;
using System.Net;
using System.Net.Sockets;
using RouterOS.Sdk.Cli;
using RouterOS.Sdk.Configuration;

namespace RouterOS.Core.Diagnostics;

/// <summary>The command <c>traceroute</c>, with the vendor's output: UDP probes by default, ICMP on request.</summary>
internal static class TracerouteCommand
{
    private const int Probes = 3;
    private const int DefaultHops = 30;
    private const int DefaultWaitSeconds = 5;

    // 40 bytes with the headers of IP and UDP, as the vendor's.
    private const int DatagramBytes = 12;
    private const int PacketBytes = 40;

    public static OperationalCommand Create(IcmpProbes probes) =>
        new OperationalCommand("traceroute", "Trace route to remote host", context => Run(context, probes)).With(
            CommandOption.Argument("host", "IP address of remote host", Values.AnyAddress("host"), required: true),
            CommandOption.Named("source", "Source address to use in outgoing traceroute packets", Values.AnyAddress("source")),
            CommandOption.Named("ttl", "IP maximum time-to-live value", Values.Integer(1, 255, "hops")),
            CommandOption.Named("wait", "Number of seconds to wait for response", Values.Integer(1, 60, "seconds")),
            CommandOption.Named("tos", "IP type-of-service field", Values.Integer(0, 255)),
            CommandOption.Flag("icmp", "Use ICMP echo requests in place of UDP datagrams"),
            CommandOption.Flag("no-resolve", "Don't attempt to print addresses symbolically"));

    private static async Task<int> Run(CommandContext context, IcmpProbes probes)
    {
        CommandArguments given = context.Arguments;
        string host = given.Text("host")!;
        IPAddress destination = IPAddress.Parse(host);
        IPAddress? source = given.Text("source") is { } text ? IPAddress.Parse(text) : null;
        if (source is not null && source.AddressFamily != destination.AddressFamily)
        {
            context.Output.WriteLine("error: source and destination are of two families");
            return 1;
        }

        int packetBytes = destination.AddressFamily == AddressFamily.InterNetworkV6 ? PacketBytes + 20 : PacketBytes;
        long hops = given.Number("ttl") ?? DefaultHops;
        TimeSpan wait = TimeSpan.FromSeconds(given.Number("wait") ?? DefaultWaitSeconds);
        context.Output.WriteLine($"traceroute to {host} ({host}), {hops} hops max, {packetBytes} byte packets");
        uint instance = context.Interfaces.FindInstance(context.Instance) ?? 0;
        if (context.Routes.Lookup(instance, IPAddress.Parse(host)) is null)
        {
            context.Output.WriteLine("traceroute: sendto: No route to host");
            return 1;
        }

        using ProbeSession session = probes.Open();
        session.Instance = instance;
        try
        {
            ushort sequence = 0;
            for (uint hop = 1; hop <= hops; hop++)
            {
                context.Output.Write($"{hop,2} ");
                IPAddress? before = null;
                bool arrived = false;
                for (int probe = 0; probe < Probes; probe++)
                {
                    ProbeOptions options = new(hop, (uint)(given.Number("tos") ?? 0));
                    if (given.Has("icmp"))
                    {
                        session.Echo(source, destination, sequence, DatagramBytes, options);
                    }
                    else
                    {
                        session.Datagram(source, destination, sequence, DatagramBytes, options);
                    }

                    ProbeReply? reply = await Answer(session, sequence++, wait, context);
                    context.Output.Write(Text(reply, ref before, given.Has("no-resolve")));
                    arrived |= reply is { Type: not ProbeReply.TimeExceeded };
                }

                context.Output.WriteLine();
                if (arrived)
                {
                    return 0;
                }
            }
        }
        catch (OperationCanceledException)
        {
            context.Output.WriteLine();
        }

        return 1;
    }

    private static async Task<ProbeReply?> Answer(ProbeSession session, ushort sequence, TimeSpan wait, CommandContext context)
    {
        long start = context.Time.GetTimestamp();
        while (await session.Next(wait - context.Time.GetElapsedTime(start), context.Cancellation) is { } reply)
        {
            // Late answers to earlier probes have been shown as lost.
            if (reply.Sequence == sequence)
            {
                return reply;
            }
        }

        return null;
    }

    private static string Text(ProbeReply? reply, ref IPAddress? before, bool plain)
    {
        if (reply is null)
        {
            return " *";
        }

        IPAddress from = reply.From;
        string who = from.Equals(before) ? string.Empty : plain ? $" {from}" : $" {from} ({from})";
        before = from;
        return $"{who}  {reply.RoundTrip.TotalMilliseconds.ToString("0.000", CultureInfo.InvariantCulture)} ms{IcmpText.MarkOf(reply)}";
    }
}
