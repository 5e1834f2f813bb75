using Grpc.Core;
using RouterOS.Proto.Esp.V1;

namespace RouterOS.Unit.Core.Bus;

/// <summary>A service that answers as it is told.</summary>
internal sealed class StatisticsService(Func<EspStatistics> answer) : RouterOS.Proto.Esp.V1.Esp.EspBase
{
    public override Task<EspStatistics> GetStatistics(GetStatisticsRequest request, ServerCallContext context) => Task.FromResult(answer());
}
