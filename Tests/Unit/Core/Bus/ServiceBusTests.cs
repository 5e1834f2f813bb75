using Grpc.Core;
using RouterOS.Core.Bus;
using RouterOS.Core.Strands;
using RouterOS.Proto.Esp.V1;

namespace RouterOS.Unit.Core.Bus;

public sealed class ServiceBusTests
{
    private readonly SimulatedChassis _chassis = new();
    private readonly ServiceBus _bus;

    public ServiceBusTests() => _bus = new(_chassis.Clock);

    [Fact]
    public void A_service_is_found_by_its_generated_base_and_runs_on_its_providers_strand()
    {
        using Strand esp = _chassis.Strands.Create("esp", _ => { });
        SynchronizationContext? ranOn = null;
        _bus.For(esp).Provide(new StatisticsService(() =>
        {
            ranOn = SynchronizationContext.Current;
            return new() { EncryptedPackets = 7 };
        }));
        EspStatistics reply = _chassis.Await(() => new RouterOS.Proto.Esp.V1.Esp.EspClient(_bus.Invoker).GetStatisticsAsync(new()).ResponseAsync);
        Assert.Equal(7ul, reply.EncryptedPackets);
        Assert.Same(esp.Context, ranOn);
        Assert.Equal(["routeros.esp.v1.Esp"], _bus.Services);
    }

    [Fact]
    public void What_nobody_offers_or_offers_no_more_is_unimplemented()
    {
        using Strand esp = _chassis.Strands.Create("esp", _ => { });
        Assert.Equal(StatusCode.Unimplemented, Fail());
        _bus.For(esp).Provide(new StatisticsService(() => new()));
        _bus.Withdraw(esp);
        Assert.Equal(StatusCode.Unimplemented, Fail());
        Assert.Empty(_bus.Services);
        _bus.For(esp).Provide(new StatisticsService(() => new()));
    }

    [Fact]
    public void A_handlers_bug_is_reported_with_the_service_and_a_status_is_not()
    {
        using Strand esp = _chassis.Strands.Create("esp", _ => { });
        List<string> failed = [];
        _bus.Failed += (service, exception) => failed.Add($"{service}: {exception.Message}");
        Exception thrown = new RpcException(new(StatusCode.NotFound, "none"));
        _bus.For(esp).Provide(new StatisticsService(() => throw thrown));
        Assert.Equal(StatusCode.NotFound, Fail());
        Assert.Empty(failed);
        thrown = new InvalidOperationException("bug");
        Assert.Equal(StatusCode.Unknown, Fail());
        Assert.Equal(["routeros.esp.v1.Esp: bug"], failed);
    }

    [Fact]
    public void An_object_without_a_generated_base_is_refused() =>
        Assert.Throws<ArgumentException>(() => _bus.Provide(new object(), _chassis.Kernel));

    private StatusCode Fail() => Assert.Throws<RpcException>(() =>
        _chassis.Await(() => new RouterOS.Proto.Esp.V1.Esp.EspClient(_bus.Invoker).GetStatisticsAsync(new()).ResponseAsync)).StatusCode;
}
