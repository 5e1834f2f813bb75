using RouterOS.Dvmrp.Wire;
using RouterOS.Multicast.Wire;

namespace RouterOS.Fuzz.Multicast;

/// <summary>The views of IGMP and DVMRP: whatever the bytes, no exception; what is accepted can be read whole.</summary>
public sealed class MulticastParserTests
{
    private const int Iterations = 20_000;

    private static readonly List<ReportedRoute> s_routes = new(65_536);

    [Fact]
    public void Igmp() => FuzzLoop.Parse("igmp", Iterations, bytes =>
    {
        if (!IgmpMessage.TryParse(bytes, out IgmpMessage message, out _))
        {
            return;
        }

        switch (message.Type)
        {
            case IgmpType.Query:
                Assert.True(message.QueryVersion is >= 1 and <= 3);
                _ = message.ResponseTenths + (int)message.Group;
                for (int i = 0; i < message.Sources.Count; i++)
                {
                    _ = message.Sources[i];
                }

                _ = message.QueryVersion == 3 && message.Suppress && message.Robustness + message.IntervalSeconds > 0;
                break;
            case IgmpType.ReportVersion3:
                foreach (GroupRecord record in message.Records)
                {
                    Assert.True(record.Group >> 28 == 0xe);
                    for (int i = 0; i < record.Sources.Count; i++)
                    {
                        _ = record.Sources[i];
                    }
                }

                break;
            default:
                _ = message.Group;
                break;
        }
    });

    [Fact]
    public void Dvmrp() => FuzzLoop.Parse("dvmrp", Iterations, bytes =>
    {
        if (!DvmrpMessage.TryParse(bytes, out DvmrpMessage message, out _))
        {
            return;
        }

        switch (message.Code)
        {
            case DvmrpCode.Probe:
                _ = message.Generation;
                for (int i = 0; i < message.NeighborCount; i++)
                {
                    _ = message.Neighbor(i);
                }

                break;
            case DvmrpCode.Prune:
                _ = message.LifetimeSeconds + message.Source + message.Group + message.SourceMask;
                break;
            case DvmrpCode.Graft or DvmrpCode.GraftAck:
                _ = message.Source + message.Group + message.SourceMask;
                break;
            default:
                break;
        }
    });

    [Fact]
    public void Report() => FuzzLoop.Parse("dvmrp-report", Iterations, bytes =>
    {
        s_routes.Clear();
        if (DvmrpReport.TryRead(bytes, s_routes, out int impossible, out DvmrpError error))
        {
            Assert.True(error == DvmrpError.None && impossible >= 0 && s_routes.Count + impossible <= bytes.Length / 2);
        }
    });
}
