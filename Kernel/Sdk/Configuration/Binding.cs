using RouterOS.Proto.Config.V1;
using RouterOS.Sdk.Intents;

namespace RouterOS.Sdk.Configuration;

/// <summary>What a configuration asks for, in words that no language owns.</summary>
/// <param name="Intents">One message per contract.</param>
/// <param name="Findings">What is wrong with it beyond what the schema can say; an error refuses the commit.</param>
public sealed record Binding(IntentSet Intents, IReadOnlyList<Finding> Findings);
