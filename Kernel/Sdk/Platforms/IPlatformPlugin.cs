using RouterOS.Abstractions.Chassis;
using RouterOS.Sdk.Cli;
using RouterOS.Sdk.Configuration;

namespace RouterOS.Sdk.Platforms;

/// <summary>One chassis family: the only type of its assembly that the kernel meets. Has a public constructor without parameters.</summary>
public interface IPlatformPlugin
{
    /// <summary>The family's name, in lower case: <c>srx</c>. For <c>--platform</c> it stands for the first model.</summary>
    string Name { get; }

    /// <summary>One line for <c>routeros platforms</c>.</summary>
    string Description { get; }

    /// <summary>Chassis models, the default first.</summary>
    IReadOnlyList<ChassisProfile> Models { get; }

    /// <summary>The configuration language of a model.</summary>
    IConfigurationLanguage CreateLanguage(ChassisProfile profile);

    /// <summary>Operational commands of a model, besides those that every platform has.</summary>
    IReadOnlyList<OperationalCommand> CreateCommands(ChassisProfile profile);
}
