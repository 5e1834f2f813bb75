using RouterOS.Proto.Ike.V1;
using RouterOS.Srx.Layouts;
using RouterOS.Unit.Ike.Simulation;

namespace RouterOS.Unit.Ike;

/// <summary>Mistakes that no configuration of ours can make, so that the peer has to: each a sentence with both values, the line and the fix.</summary>
public sealed class MismatchTests
{
    [Fact]
    public void Another_authentication_method_is_named()
    {
        Lab lab = new();
        lab.Network.Tap = d =>
        {
            // The attribute of the authentication method: RSA signatures in place of a preshared key.
            byte[] copy = [.. d.Payload];
            int at = copy.AsSpan().IndexOf<byte>([0x80, 0x03, 0x00, 0x01]);
            if (d.Source == Lab.LeftAddress && at > 0)
            {
                copy[at + 3] = 3;
            }

            return d with { Payload = copy };
        };
        lab.Start();
        lab.Network.RunSeconds(5);
        Assert.Equal(
            "peer 198.51.100.1 (gateway gw1): phase 1 authentication method does not match: they offer rsa-signatures, we accept pre-shared-keys "
            + "(line 11, security ike policy pol1 proposals); let the peer use pre-shared-keys",
            Sentence(lab.Right));
    }

    [Fact]
    public void A_preshared_key_where_we_want_a_signature_is_named()
    {
        Lab lab = new();
        lab.RightGateway.Proposals[0].Authentication = Authentication.RsaSignatures;
        lab.RightGateway.LocalCertificate = "own";
        lab.Start();
        lab.Network.RunSeconds(5);
        Assert.Contains(
            "phase 1 authentication method does not match: they offer pre-shared-keys, we accept rsa-signatures (line 11, ",
            Sentence(lab.Right), StringComparison.Ordinal);
    }

    [Fact]
    public void Another_encapsulation_mode_is_named()
    {
        Lab lab = new();
        lab.LeftVpn.Transport = true;
        lab.Start();
        lab.Network.RunSeconds(5);
        Assert.Equal(
            "peer 198.51.100.1 (gateway gw1, vpn vpn1): phase 2 encapsulation mode does not match: they offer transport, we accept tunnel "
            + "(line 21, security ipsec policy ipol proposals); let the peer use tunnel",
            Sentence(lab.Right));
    }

    private static string Sentence(SimulatedRouter router)
    {
        Failure failure = Assert.Single(router.Failures());
        return DiagnosisLayout.Sentence(new Diagnosis
        {
            State = Diagnosis.Types.State.Failed,
            Gateway = failure.Gateway,
            Vpn = failure.Vpn,
            RemoteAddress = failure.RemoteAddress,
            Failure = failure,
        });
    }
}
