using RouterOS.Scenario.Simulated;

namespace RouterOS.Scenario;

public sealed class ExposureTests : IDisposable
{
    private readonly SimulatedNetwork _network = new();

    [Fact]
    public void Every_weak_choice_is_listed_with_its_line_and_who_uses_it()
    {
        SimulatedRouter a = Start(text => text
            .Replace("encryption-algorithm aes-256-cbc;\n            lifetime-seconds 28800", "encryption-algorithm 3des-cbc;\n            lifetime-seconds 28800", StringComparison.Ordinal)
            .Replace("authentication-algorithm sha-256", "authentication-algorithm md5", StringComparison.Ordinal)
            .Replace("dh-group group14", "dh-group group2", StringComparison.Ordinal)
            .Replace("mode main", "mode aggressive", StringComparison.Ordinal)
            .Replace("hmac-sha-256-128;\n            encryption-algorithm aes-256-cbc", "hmac-md5-96;\n            encryption-algorithm des-cbc", StringComparison.Ordinal)
            .Replace("keys group14", "keys group5", StringComparison.Ordinal));
        Assert.Equal(
            """
            Weak choices: 7, in use: 7
              3des-cbc, phase 1 (line 50, security ike proposal aes-group14)
                Why: 64-bit blocks repeat after some 32 GB under one key and then give text away
                Gateways: site-b
                In use: IKE SA 1 with 203.0.113.2
              md5, phase 1 (line 50, security ike proposal aes-group14)
                Why: MD5 is broken; in HMAC it still holds, but nobody vouches for it
                Gateways: site-b
                In use: IKE SA 1 with 203.0.113.2
              group2, phase 1 (line 50, security ike proposal aes-group14)
                Why: 1024 bits are within reach of a state, once for everybody who uses this group
                Gateways: site-b
                In use: IKE SA 1 with 203.0.113.2
              aggressive mode with a preshared key, phase 1 (line 58, security ike policy to-site-b mode)
                Why: whoever asks gets a hash of the key in the clear and can search for the key offline
                Gateways: site-b
                In use: IKE SA 1 with 203.0.113.2
              des-cbc, phase 2 (line 73, security ipsec proposal esp-aes)
                Why: 56-bit keys are found by trying them all within a day
                Gateways: site-b
                In use: IPsec SA 16384 of vpn site-b with 203.0.113.2
              hmac-md5-96, phase 2 (line 73, security ipsec proposal esp-aes)
                Why: MD5 is broken; in HMAC it still holds, but nobody vouches for it
                Gateways: site-b
                In use: IPsec SA 16384 of vpn site-b with 203.0.113.2
              group5, phase 2 (line 81, security ipsec policy with-pfs perfect-forward-secrecy keys)
                Why: 1536 bits are below the 112-bit strength that is asked for today
                Gateways: site-b
                In use: IPsec SA 16384 of vpn site-b with 203.0.113.2

            """.ReplaceLineEndings("\n"), a.Run("show security exposure"));
    }

    [Fact]
    public void A_configuration_of_today_has_nothing_to_report()
    {
        SimulatedRouter a = Start(text => text);
        Assert.Equal("Weak choices: 0, in use: 0\n", a.Run("show security exposure"));
    }

    public void Dispose() => _network.Dispose();

    private static string Example(string name) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Examples", "Srx", "Examples", name));

    private SimulatedRouter Start(Func<string, string> edit)
    {
        SimulatedRouter a = _network.Router("site-a", "srx240", edit(Example("site-a.conf")));
        SimulatedRouter b = _network.Router("site-b", "srx240", edit(Example("site-b.conf")));
        _network.Wire(a, "ge-0/0/1", b, "ge-0/0/1");
        _network.Start();
        _network.Run(10);
        return a;
    }
}
