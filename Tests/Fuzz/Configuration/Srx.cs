using RouterOS.Abstractions.Chassis;
using RouterOS.Core.Network;
using RouterOS.Flow.Control;
using RouterOS.Ike.Control;
using RouterOS.Proto.Config.V1;
using RouterOS.Proto.Kernel.V1;
using RouterOS.Sdk.Cli;
using RouterOS.Sdk.Configuration;
using RouterOS.Sdk.Intents;
using RouterOS.Srx;

namespace RouterOS.Fuzz.Configuration;

/// <summary>The platform whose language the targets speak.</summary>
internal static class Srx
{
    private static readonly IkePlugin s_ike = new();
    private static readonly FlowPlugin s_flow = new();

    public static ChassisProfile Profile { get; } = new SrxPlatform().Models.Single(model => model.Name == "srx650");

    public static IConfigurationLanguage Language { get; } = new SrxPlatform().CreateLanguage(Profile);

    /// <summary>The operational commands of the platform.</summary>
    public static IReadOnlyList<OperationalCommand> Commands { get; } = new SrxPlatform().CreateCommands(Profile);

    /// <summary>Whoever judges a candidate in the real router.</summary>
    public static IReadOnlyList<Func<IntentSet, IReadOnlyList<Finding>>> Judges { get; } =
        [intents => NetworkValidation.Validate(intents.Get<SystemIntent>(), Profile), s_ike.Validate, s_flow.Validate];
}
