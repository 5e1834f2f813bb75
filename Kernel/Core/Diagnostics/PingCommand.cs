using System.Globalization;
using System.Net;
using System.Net.Sockets;
using RouterOS.Core.Network;
using RouterOS.Sdk.Cli;
using RouterOS.Sdk.Configuration;
using RouterOS.Sdk.Network;

namespace RouterOS.Core.Diagnostics;

/// <summary>The command <c>ping</c>, with the vendor's output.</summary>
internal static class PingCommand
{
    private const int DefaultBytes = 56;
    private const int DefaultBytes6 = 8;
    private const int Ipv6Header = 40;
    private const int EchoHeader = 8;
    private const int LargestBytes = 65_468;
    private const int RapidCount = 5;
    private const int DefaultWaitSeconds = 10;

    public static OperationalCommand Create(IcmpProbes probes) =>
        new OperationalCommand("ping", "Ping remote target", context => new Run(context, probes).Execute()).With(
            CommandOption.Argument("host", "IP address of remote system", Values.AnyAddress("host"), required: true),
            CommandOption.Named("count", "Number of ping requests to send", Values.Integer(1, 2_000_000_000, "packets")),
            CommandOption.Named("size", "Size of request packets", Values.Integer(0, LargestBytes, "bytes")),
            CommandOption.Named("source", "Source address of echo request", Values.AnyAddress("source")),
            CommandOption.Named("interval", "Delay between ping requests", Values.Integer(1, 3600, "seconds")),
            CommandOption.Named("wait", "Maximum wait time after sending final packet", Values.Integer(1, 3600, "seconds")),
            CommandOption.Named("ttl", "IP time-to-live value", Values.Integer(1, 255, "hops")),
            CommandOption.Named("tos", "IP type-of-service value", Values.Integer(0, 255)),
            CommandOption.Flag("inet", "Force ping to IPv4 destination", "family"),
            CommandOption.Flag("inet6", "Force ping to IPv6 destination", "family"),
            CommandOption.Flag("rapid", "Send requests rapidly (default count of 5)"),
            CommandOption.Flag("do-not-fragment", "Don't fragment echo request packets"),
            CommandOption.Flag("no-resolve", "Don't attempt to print addresses symbolically"));

    private sealed class Run(CommandContext context, IcmpProbes probes)
    {
        private readonly List<double> _milliseconds = [];
        private readonly CommandArguments _given = context.Arguments;
        private int _sent;
        private bool _isVersion6;
        private readonly uint _instance = context.Interfaces.FindInstance(context.Instance) ?? 0;

        public async Task<int> Execute()
        {
            string host = _given.Text("host")!;
            bool rapid = _given.Has("rapid");
            long count = _given.Number("count") ?? (rapid ? RapidCount : long.MaxValue);
            IPAddress destination = IPAddress.Parse(host);
            _isVersion6 = destination.AddressFamily == AddressFamily.InterNetworkV6;
            int bytes = (int)(_given.Number("size") ?? (_isVersion6 ? DefaultBytes6 : DefaultBytes));
            TimeSpan interval = TimeSpan.FromSeconds(_given.Number("interval") ?? 1);
            TimeSpan wait = TimeSpan.FromSeconds(_given.Number("wait") ?? DefaultWaitSeconds);
            IPAddress? source = _given.Text("source") is { } text ? IPAddress.Parse(text) : null;
            if ((source is not null && source.AddressFamily != destination.AddressFamily)
                || (_given.Has("inet6") && !_isVersion6) || (_given.Has("inet") && _isVersion6))
            {
                context.Output.WriteLine($"error: {host} is not of the family that was asked for");
                return 1;
            }

            ProbeOptions options = new((uint)(_given.Number("ttl") ?? 0), (uint)(_given.Number("tos") ?? 0), _given.Has("do-not-fragment"));
            context.Output.WriteLine(_isVersion6
                ? $"PING6({Ipv6Header + EchoHeader + bytes}={Ipv6Header}+{EchoHeader}+{bytes} bytes) {source ?? SourceOf(destination)} --> {host}"
                : $"PING {host} ({host}): {bytes} data bytes");
            using ProbeSession session = probes.Open();
            session.Instance = _instance;
            try
            {
                while (_sent < count)
                {
                    if (context.Routes.Lookup(_instance, IPAddress.Parse(host)) is null)
                    {
                        context.Output.WriteLine("ping: sendto: No route to host");
                    }
                    else
                    {
                        session.Echo(source, destination, (ushort)_sent, bytes, options);
                    }

                    ushort sequence = (ushort)_sent++;
                    bool last = _sent >= count;
                    await Listen(session, sequence, rapid, last ? wait : interval, untilAnswered: rapid || last);
                }
            }
            catch (OperationCanceledException)
            {
                // Ctrl-C ends the pings, and the statistics are what it is pressed for.
            }

            if (rapid)
            {
                context.Output.WriteLine();
            }

            Summarize(host);
            return _milliseconds.Count > 0 ? 0 : 1;
        }

        private async Task Listen(ProbeSession session, ushort sequence, bool rapid, TimeSpan wait, bool untilAnswered)
        {
            long start = context.Time.GetTimestamp();
            while (true)
            {
                ProbeReply? reply = await session.Next(wait - context.Time.GetElapsedTime(start), context.Cancellation);
                if (reply is null)
                {
                    if (rapid)
                    {
                        context.Output.Write(".");
                    }

                    return;
                }

                Show(reply, rapid);
                if (untilAnswered && reply.Sequence == sequence)
                {
                    return;
                }
            }
        }

        private void Show(ProbeReply reply, bool rapid)
        {
            IPAddress from = reply.From;
            if (reply.IsError)
            {
                context.Output.WriteLine($"{reply.Bytes + 20} bytes from {from}: {IcmpText.Of(reply)}");
                return;
            }

            double milliseconds = reply.RoundTrip.TotalMilliseconds;
            _milliseconds.Add(milliseconds);
            if (rapid)
            {
                context.Output.Write("!");
            }
            else if (_isVersion6)
            {
                context.Output.WriteLine($"{reply.Bytes} bytes from {from}, icmp_seq={reply.Sequence} hlim={reply.Ttl} time={Text(milliseconds)} ms");
            }
            else
            {
                context.Output.WriteLine($"{reply.Bytes} bytes from {from}: icmp_seq={reply.Sequence} ttl={reply.Ttl} time={Text(milliseconds)} ms");
            }
        }

        private void Summarize(string host)
        {
            int received = _milliseconds.Count;
            context.Output.WriteLine();
            context.Output.WriteLine($"--- {host} {(_isVersion6 ? "ping6" : "ping")} statistics ---");
            int loss = _sent == 0 ? 0 : (int)(100L * (_sent - received) / _sent);
            context.Output.WriteLine($"{_sent} packets transmitted, {received} packets received, {loss}% packet loss");
            if (received > 0)
            {
                double average = _milliseconds.Average();
                double deviation = Math.Sqrt(_milliseconds.Average(m => (m - average) * (m - average)));
                context.Output.WriteLine(
                    $"round-trip min/avg/max/{(_isVersion6 ? "std-dev" : "stddev")} = {Text(_milliseconds.Min())}/{Text(average)}/{Text(_milliseconds.Max())}/{Text(deviation)} ms");
            }
        }

        // The address that the packets leave from, as the modules choose it.
        private IPAddress SourceOf(IPAddress destination)
        {
            IReadOnlyList<InterfaceAddressState> own =
                context.Routes.Lookup(_instance, destination) is { } route ? context.Interfaces.Find(route.Interface)?.Addresses6 ?? [] : [];
            return own.FirstOrDefault(a => IpPrefix.Around(a.Address, a.PrefixLength).Contains(IpPrefix.Host(destination)))?.Address
                ?? (own.Count > 0 ? own[0].Address : IPAddress.IPv6Any);
        }

        private static string Text(double milliseconds) => milliseconds.ToString("0.000", CultureInfo.InvariantCulture);
    }
}
