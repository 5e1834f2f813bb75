using System.Numerics;

namespace RouterOS.Dvmrp.Wire;

// Routes of a report, draft-ietf-idmr-dvmrp-v3 section 4.2. The first octet of a mask is 255 and left out; of a network the octets are there
// that the mask covers; the last network of a mask has bit 7 of its metric set.
//
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |     Mask1     |     Mask2     |     Mask3     |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |    SrcNet11   |   SrcNet11(cont.)...          |   Metric11    |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+

/// <summary>The routes of a report as bytes.</summary>
public static class DvmrpReport
{
    /// <summary>Metric of what cannot be reached.</summary>
    public const int Infinity = 32;

    /// <summary>Most bytes of one report: with its headers no larger than a link's packet.</summary>
    public const int MaximumBytes = 1400;

    private const byte LastFlag = 0x80;
    private const byte MetricMask = 0x7f;
    private const int MaskOctets = 3;

    /// <summary>
    /// Reads all routes. False when the report is not well formed anywhere: then nothing in it is to be believed. Routes that cannot be
    /// (networks of groups, metrics out of range) are left out and counted.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> body, ICollection<ReportedRoute> routes, out int impossible, out DvmrpError error)
    {
        ArgumentNullException.ThrowIfNull(routes);
        impossible = 0;
        error = DvmrpError.None;
        while (body.Length > 0)
        {
            if (body.Length < MaskOctets)
            {
                error = DvmrpError.Truncated;
                return false;
            }

            uint mask = 0xff00_0000 | ((uint)body[0] << 16) | ((uint)body[1] << 8) | body[2];
            body = body[MaskOctets..];
            if (!DvmrpMessage.IsMask(mask))
            {
                error = DvmrpError.BadMask;
                return false;
            }

            int length = BitOperations.PopCount(mask);
            int octets = (length + 7) / 8;
            bool last;
            do
            {
                if (body.Length < octets + 1)
                {
                    error = DvmrpError.Truncated;
                    return false;
                }

                uint network = 0;
                for (int i = 0; i < octets; i++)
                {
                    network |= (uint)body[i] << (24 - (8 * i));
                }

                byte metric = body[octets];
                last = (metric & LastFlag) != 0;
                // Network 0 of one octet is the default route.
                ReportedRoute route = new(network, network == 0 && length == 8 ? 0 : length, metric & MetricMask);
                if (IsPossible(route, mask))
                {
                    routes.Add(route);
                }
                else
                {
                    impossible++;
                }

                body = body[(octets + 1)..];
            }
            while (!last);
        }

        return true;
    }

    /// <summary>Writes routes into as few reports as hold them, each with its header and checksum.</summary>
    public static IReadOnlyList<byte[]> Write(IEnumerable<ReportedRoute> routes)
    {
        List<byte[]> reports = [];
        List<byte> bytes = [];
        foreach (IGrouping<int, ReportedRoute> mask in routes.GroupBy(r => Math.Max(r.PrefixLength, 8)).OrderBy(g => g.Key))
        {
            int octets = (mask.Key + 7) / 8;
            int lastMetric = -1;
            foreach (ReportedRoute route in mask.OrderBy(r => r.Prefix))
            {
                if (bytes.Count + MaskOctets + octets + 1 > MaximumBytes)
                {
                    End(ref lastMetric, bytes);
                    reports.Add(DvmrpWriter.Message(DvmrpCode.Report, [.. bytes]));
                    bytes.Clear();
                }

                if (lastMetric < 0)
                {
                    uint value = uint.MaxValue << (32 - mask.Key);
                    bytes.AddRange([(byte)(value >> 16), (byte)(value >> 8), (byte)value]);
                }

                for (int i = 0; i < octets; i++)
                {
                    bytes.Add((byte)(route.Prefix >> (24 - (8 * i))));
                }

                lastMetric = bytes.Count;
                bytes.Add((byte)route.Metric);
            }

            End(ref lastMetric, bytes);
        }

        if (bytes.Count > 0)
        {
            reports.Add(DvmrpWriter.Message(DvmrpCode.Report, [.. bytes]));
        }

        return reports;
    }

    private static void End(ref int lastMetric, List<byte> bytes)
    {
        if (lastMetric >= 0)
        {
            bytes[lastMetric] |= LastFlag;
        }

        lastMetric = -1;
    }

    private static bool IsPossible(ReportedRoute route, uint mask) =>
        route.Metric is > 0 and < 2 * Infinity
        && (route.Prefix & ~mask) == 0
        && (route.PrefixLength == 0 || route.Prefix >> 24 is not (0 or 127 or >= 224));
}
