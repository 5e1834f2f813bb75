using RouterOS.Abstractions.Chassis;
using RouterOS.Proto.Config.V1;
using RouterOS.Proto.Ike.V1;
using RouterOS.Sdk.Cli;
using RouterOS.Sdk.Configuration;
using RouterOS.Sdk.Platforms;
using RouterOS.Srx;

namespace RouterOS.Interop.Lab;

/// <summary>An SRX240 that can also be asked for what the SRX's language has no words for: by the names of its VPNs.</summary>
/// <remarks>
/// <c>own-PROTOCOL-LOCALPORT-REMOTEPORT</c>: transport mode of the router's own packets, between the hosts of its proxy identity; the
/// interface that the language wants is taken away.
/// </remarks>
public sealed class LabPlatform : IPlatformPlugin
{
    private readonly SrxPlatform _srx = new();

    /// <inheritdoc/>
    public string Name => "lab";

    /// <inheritdoc/>
    public string Description => "A chassis for tests";

    /// <inheritdoc/>
    public IReadOnlyList<ChassisProfile> Models => [Srx with { Name = "lab240" }];

    private ChassisProfile Srx => _srx.Models.Single(m => m.Name == "srx240");

    /// <inheritdoc/>
    public IConfigurationLanguage CreateLanguage(ChassisProfile profile) => new Language(_srx.CreateLanguage(Srx), Srx);

    /// <inheritdoc/>
    public IReadOnlyList<OperationalCommand> CreateCommands(ChassisProfile profile) => _srx.CreateCommands(Srx);

    private static void Read(Vpn vpn)
    {
        string[] words = vpn.Name.Split('-');
        if (words[0] != "own")
        {
            return;
        }

        uint[] numbers = [.. words.Skip(1).Select(uint.Parse)];
        vpn.Transport = true;
        vpn.BindInterface = string.Empty;
        (vpn.SelectorProtocol, vpn.LocalPort, vpn.RemotePort) = (numbers[0], numbers[1], numbers[2]);
    }

    private sealed class Language(IConfigurationLanguage srx, ChassisProfile profile) : IConfigurationLanguage
    {
        public string Name => srx.Name;

        public StatementSchema Root => srx.Root;

        public Statement Expand(Statement tree, ChassisProfile ours, ICollection<Finding> findings) => srx.Expand(tree, profile, findings);

        public Binding Bind(Statement tree, ChassisProfile ours)
        {
            Binding binding = srx.Bind(tree, profile);
            IkeIntent intent = binding.Intents.Get<IkeIntent>();
            foreach (Vpn vpn in intent.Vpns)
            {
                Read(vpn);
            }

            return binding with { Intents = binding.Intents.With(intent) };
        }
    }
}
