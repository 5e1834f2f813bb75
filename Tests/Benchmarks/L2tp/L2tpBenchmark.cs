using System.Globalization;
using RouterOS.Crypto;

namespace RouterOS.Benchmarks.L2tp;

/// <summary>From port to port through ESP inside UDP around L2TP and PPP, beside the same packets through plain ESP in tunnel mode.</summary>
internal static class L2tpBenchmark
{
    private const uint Router = 0xC6336401; // 198.51.100.1
    private const uint Client = 0xC6336402; // 198.51.100.2
    private const int Repetitions = 11;
    private const int Packets = 1 << 15;
    private const int Flows = 256;

    public static int Run(TextWriter output)
    {
        Report report = new(output);
        report.Title(
            "l2tp: data path of sessions",
            $"ns of CPU time per packet from port to port, aes128-sha1, batches of 256, median of {Repetitions} interleaved repetitions.",
            "ESP: tunnel mode without UDP. L2TP: ESP in transport mode inside UDP, around UDP, L2TP and PPP. The ratio is of packets a second.");
        report.Header("direction", "bytes of IP", "ESP", "L2TP", "ESP / L2TP");
        using CryptoEngines engines = CryptoEngines.Open();
        foreach (int bytes in (int[])[64, 576, 1400])
        {
            using TunnelPlane esp = new(engines, Router, Client, isL2tp: false, encrypts: true);
            using TunnelPlane l2tp = new(engines, Router, Client, isL2tp: true, encrypts: true);
            using TunnelPlane espIn = new(engines, Client, Router, isL2tp: false, encrypts: false);
            using TunnelPlane l2tpIn = new(engines, Client, Router, isL2tp: true, encrypts: false);
            byte[][] frames = [.. Enumerable.Range(1, Flows).Select(i => TunnelPlane.Frame(bytes, i))];
            Prepare(esp, frames, espIn);
            Prepare(l2tp, frames, l2tpIn);
            Row(report, "out", bytes, () => esp.Run(esp.In, esp.Out, Packets), () => l2tp.Run(l2tp.In, l2tp.Out, Packets));
            Row(report, "in", bytes, () => espIn.Run(espIn.Out, espIn.In, Packets), () => l2tpIn.Run(l2tpIn.Out, l2tpIn.In, Packets));
        }

        report.End();
        return 0;
    }

    // What one plane has encrypted the other one opens, as often as it is given.
    private static void Prepare(TunnelPlane sender, byte[][] frames, TunnelPlane receiver)
    {
        sender.In.Frames = frames;
        sender.Warm(sender.In);
        sender.Out.Kept = [];
        _ = sender.Run(sender.In, sender.Out, Flows);
        receiver.Out.Frames = sender.Out.Kept;
        sender.Out.Kept = null;
        receiver.Warm(receiver.Out);
    }

    private static void Row(Report report, string direction, int bytes, Func<long> esp, Func<long> l2tp)
    {
        _ = esp();
        _ = l2tp();
        Median plain = new();
        Median session = new();
        for (int i = 0; i < Repetitions; i++)
        {
            plain.Add(esp(), Packets);
            session.Add(l2tp(), Packets);
        }

        (double left, double right) = (plain.Value, session.Value);
        report.Row(
            direction, bytes.ToString(CultureInfo.InvariantCulture), left.ToString("F0", CultureInfo.InvariantCulture),
            right.ToString("F0", CultureInfo.InvariantCulture), (left / right).ToString("F2", CultureInfo.InvariantCulture));
        report.Ratio($"l2tp/{direction}/{bytes}", left / right);
    }
}
