using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using RouterOS.Crypto.Control;
using RouterOS.Ike.Control.Certificates;
using RouterOS.Proto.Ike.V1;
using RouterOS.Unit.Ike.Simulation;

namespace RouterOS.Unit.Ike;

public sealed class SignatureTests
{
    private static readonly SimulatedAuthority s_authority = SimulatedAuthority.Usual;
    private static readonly SimulatedAuthority s_other = new("CN=Other CA, O=Example");

    [Fact]
    [Trait("rfc", "2409:5.1")]
    public void Both_sides_sign_and_know_each_other_by_address()
    {
        Lab lab = SimulatedAuthority.Signing(i => i.Address("198.51.100.1"), i => i.Address("198.51.100.2")).Up();
        Assert.Equal(0, lab.Traffic(1));
        Assert.Equal(Authentication.RsaSignatures, lab.Right.Phase1()[0].Proposal.Authentication);
        Assert.Empty(lab.Right.Failures());
    }

    [Theory]
    [InlineData(Identity.Types.Kind.Fqdn, "left.example.net", "right.example.net")]
    [InlineData(Identity.Types.Kind.UserFqdn, "left@example.net", "right@example.net")]
    [InlineData(Identity.Types.Kind.DistinguishedName, "O=Example, CN=left.example.net", "cn=right.example.net")]
    [Trait("rfc", "2407:4.6.2.1")]
    public void Names_in_certificates_identify_peers(Identity.Types.Kind kind, string left, string right)
    {
        Lab lab = SimulatedAuthority.Signing(i => i.Names(left), i => i.Names(right));
        bool subject = kind == Identity.Types.Kind.DistinguishedName;
        (lab.LeftGateway.LocalIdentity, lab.LeftGateway.RemoteIdentity) = (Named(kind, subject ? "" : left), Named(kind, right));
        (lab.RightGateway.LocalIdentity, lab.RightGateway.RemoteIdentity) = (Named(kind, subject ? "" : right), Named(kind, left));
        lab.Up();
        Assert.Equal(0, lab.Traffic(0.5));
    }

    [Theory]
    [InlineData("CN=left.example.net", "CN=left.example.net", true)]
    [InlineData("", "O=Example, CN=left.example.net", false)]
    [InlineData("", "O=Other", false)]
    public void Subjects_of_certificates_identify_peers_that_come_from_anywhere(string wildcard, string container, bool group)
    {
        Lab lab = Aggressive(i => i.Names("O=Example, CN=left.example.net"), i => i.Names("right.example.net"));
        lab.LeftGateway.LocalIdentity = Named(Identity.Types.Kind.DistinguishedName, "");
        lab.RightGateway.RemoteAddresses.Clear();
        lab.RightGateway.DynamicPeer = new DynamicPeer { Users = group ? DynamicPeer.Types.Users.GroupIdentity : DynamicPeer.Types.Users.One };
        lab.RightGateway.RemoteIdentity = Named(Identity.Types.Kind.DistinguishedName, wildcard);
        lab.RightGateway.RemoteIdentity.OrderedValue = container;
        if (container == "O=Other")
        {
            lab.Start();
            lab.Network.RunSeconds(30);
            Assert.Empty(lab.Right.Phase1());
            return;
        }

        lab.Up();
        Assert.Equal(0, lab.Traffic(1));
        Assert.Empty(lab.Right.Failures());
    }

    [Theory]
    [InlineData("CN=a, O=b", true)]
    [InlineData("o=b, cn=a", true)]
    [InlineData("CN=a, C=\"d, e\"", true)]
    [InlineData("O=b", true)]
    [InlineData("", true)]
    [InlineData("C=\"d, e\", CN=a, O=b", false)]
    [InlineData("CN=a, CN=a", false)]
    public void Parts_of_a_name_are_found_in_their_order(string parts, bool expected) => Assert.Equal(
        expected, DistinguishedNames.HasInOrder(new System.Security.Cryptography.X509Certificates.X500DistinguishedName("CN=a, O=b, C=\"d, e\"").RawData, parts));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("rfc", "2409:5.1")]
    public void In_aggressive_mode_both_sides_sign(bool peersComeFromAnywhere)
    {
        Lab lab = Aggressive(i => i.Names("left.example.net"), i => i.Names("right.example.net"));
        if (peersComeFromAnywhere)
        {
            lab.RightGateway.RemoteAddresses.Clear();
            lab.RightGateway.DynamicPeer = new DynamicPeer();
        }

        lab.Up();
        Assert.Equal(0, lab.Traffic(1));
        Phase1Sa sa = Assert.Single(lab.Right.Phase1());
        Assert.Equal((Authentication.RsaSignatures, Mode.Aggressive), (sa.Proposal.Authentication, sa.Mode));
        Assert.Empty(lab.Right.Failures());
        Assert.Empty(lab.Left.Failures());
    }

    [Fact]
    public void Every_flaw_of_a_certificate_is_named_in_aggressive_mode_too_on_either_side()
    {
        (Action<CertificateOrder> Flaw, Failure.Types.Kind Kind)[] flaws =
        [
            (i => { i.Names("left.example.net").Names("right.example.net"); i.Until = TimeSpan.FromDays(-1); }, Failure.Types.Kind.CertificateExpired),
            (i => { i.Names("left.example.net").Names("right.example.net"); i.By = s_other; }, Failure.Types.Kind.CertificateUntrusted),
            (i => i.Names("mallory.example.net"), Failure.Types.Kind.CertificateIdentity),
        ];
        foreach ((Action<CertificateOrder> flaw, Failure.Types.Kind kind) in flaws)
        {
            foreach (bool left in (bool[])[true, false])
            {
                Lab lab = Aggressive(left ? flaw : i => i.Names("left.example.net"), left ? i => i.Names("right.example.net") : flaw);
                lab.Start();
                lab.Network.RunSeconds(10);
                Assert.False(lab.IsUp);
                Assert.DoesNotContain((left ? lab.Right : lab.Left).Phase1(), s => s.Up);
                Assert.Contains((left ? lab.Right : lab.Left).Failures(), f => f.Kind == kind);
            }
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_signature_of_another_key_lets_nobody_in_by_aggressive_mode(bool left)
    {
        Lab lab = Aggressive(i => i.Names("left.example.net"), i => i.Names("right.example.net"));
        byte[] certificate = s_authority.Issue(new CertificateOrder().Names(left ? "left.example.net" : "right.example.net")).Certificate;
        using RSA thief = RSA.Create(2048);
        (left ? lab.Left : lab.Right).Values.Write(
            "certificate.own", System.Text.Json.JsonSerializer.SerializeToUtf8Bytes<byte[][]>([thief.ExportPkcs8PrivateKey(), certificate]));
        lab.Start();
        lab.Network.RunSeconds(10);
        Assert.False(lab.IsUp);
        Assert.Contains((left ? lab.Right : lab.Left).Failures(), f => f.Kind == Failure.Types.Kind.Signature);
    }

    [Fact]
    public void Certificates_survive_the_process_and_are_sealed_together_with_their_key()
    {
        Lab lab = SimulatedAuthority.Signing(i => i.Address("198.51.100.1"), i => i.Address("198.51.100.2"));
        CertificateStore again = new(lab.Left.Values);
        Assert.NotNull(again.Find("own"));
        Assert.Single(again.AuthorityNames(string.Empty));
        Assert.Equal(1, again.Clear(authorities: false, "own"));
        Assert.Null(new CertificateStore(lab.Left.Values).Find("own"));
    }

    [Fact]
    public void Every_flaw_of_a_certificate_is_named_and_lets_nobody_in()
    {
        (string Case, Action<CertificateOrder> Left, Failure.Types.Kind Kind)[] flaws =
        [
            ("expired", i => { i.Address("198.51.100.1"); i.Until = TimeSpan.FromDays(-1); }, Failure.Types.Kind.CertificateExpired),
            ("not yet valid", i => { i.Address("198.51.100.1"); i.From = TimeSpan.FromDays(1); }, Failure.Types.Kind.CertificateNotYetValid),
            ("of another authority", i => { i.Address("198.51.100.1"); i.By = s_other; }, Failure.Types.Kind.CertificateUntrusted),
            ("with another address", i => i.Address("198.51.100.9"), Failure.Types.Kind.CertificateIdentity),
            ("not for signing", i => { i.Address("198.51.100.1"); i.Usage = X509KeyUsageFlags.KeyEncipherment; }, Failure.Types.Kind.Certificate),
        ];
        foreach ((string name, Action<CertificateOrder> left, Failure.Types.Kind kind) in flaws)
        {
            Lab lab = SimulatedAuthority.Signing(left, i => i.Address("198.51.100.2"));
            lab.Start();
            lab.Network.RunSeconds(10);
            Assert.False(lab.IsUp, name);
            Assert.DoesNotContain(lab.Right.Phase1(), s => s.Up);
            Assert.Contains(lab.Right.Failures(), f => f.Kind == kind);
        }
    }

    [Fact]
    public void A_signature_of_another_key_lets_nobody_in()
    {
        Lab lab = SimulatedAuthority.Signing(i => i.Address("198.51.100.1"), i => i.Address("198.51.100.2"));
        // The certificate is the right one and good, but the key is somebody else's.
        byte[] certificate = s_authority.Issue(new CertificateOrder().Address("198.51.100.1")).Certificate;
        using RSA thief = RSA.Create(2048);
        lab.Left.Values.Write("certificate.own", System.Text.Json.JsonSerializer.SerializeToUtf8Bytes<byte[][]>([thief.ExportPkcs8PrivateKey(), certificate]));
        lab.Start();
        lab.Network.RunSeconds(10);
        Assert.False(lab.IsUp);
        Assert.Contains(lab.Right.Failures(), f => f.Kind == Failure.Types.Kind.Signature);
    }

    [Fact]
    public void A_certificate_that_is_not_loaded_is_named()
    {
        Lab lab = SimulatedAuthority.Signing(i => i.Address("198.51.100.1"), i => i.Address("198.51.100.2"));
        lab.LeftGateway.LocalCertificate = "missing";
        lab.Start();
        lab.Network.RunSeconds(10);
        Failure failure = Assert.Single(lab.Left.Failures(), f => f.Kind == Failure.Types.Kind.Certificate);
        Assert.Contains("missing", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Preshared_keys_and_signatures_do_not_mix()
    {
        Lab lab = SimulatedAuthority.Signing(i => i.Address("198.51.100.1"), i => i.Address("198.51.100.2"));
        lab.RightGateway.Proposals[0].Authentication = Authentication.PreSharedKey;
        lab.Start();
        lab.Network.RunSeconds(10);
        Assert.Contains(lab.Right.Failures(), f => f.Kind == Failure.Types.Kind.Proposal && f.Message.Contains("rsa-signatures", StringComparison.Ordinal));
    }

    [Fact]
    public void Raw_signatures_verify_only_as_they_are()
    {
        LibcryptoRsa signer = new();
        using RSA rsa = RSA.Create(2048);
        (byte[] key, byte[] publicKey) = (rsa.ExportPkcs8PrivateKey(), rsa.ExportSubjectPublicKeyInfo());
        byte[] data = SHA1.HashData("data"u8);
        byte[] signature = signer.Sign(key, data);
        Assert.True(signer.Verify(publicKey, data, signature));
        // RFC 2409 section 5.1: no object identifier of the hash.
        Assert.False(rsa.VerifyHash(data, signature, HashAlgorithmName.SHA1, RSASignaturePadding.Pkcs1));
        Assert.False(signer.Verify(publicKey, data, rsa.SignHash(data, HashAlgorithmName.SHA1, RSASignaturePadding.Pkcs1)));
        for (int i = 0; i < signature.Length; i += 7)
        {
            byte[] wrong = [.. signature];
            wrong[i] ^= 1;
            Assert.False(signer.Verify(publicKey, data, wrong));
            Assert.False(signer.Verify(publicKey, data, signature.AsSpan(0, i)));
        }

        Assert.False(signer.Verify(publicKey, SHA1.HashData("other"u8), signature));
        Assert.False(signer.Verify(data, data, signature));
        Assert.Throws<CryptographicException>(() => signer.Sign(data, data));
    }

    [Fact]
    public void Files_that_are_no_certificate_or_no_key_are_refused_with_a_reason()
    {
        (byte[] certificate, byte[] key) = s_authority.Issue(new CertificateOrder().Address("198.51.100.1"));
        (_, byte[] otherKey) = s_other.Issue(new CertificateOrder());
        CertificateStore store = new(new SimulatedStore());
        Assert.NotNull(store.LoadLocal("a", key, certificate));
        Assert.Contains("not that of", store.LoadLocal("a", certificate, otherKey)!, StringComparison.Ordinal);
        Assert.Contains("authority", store.LoadAuthority("p", certificate)!, StringComparison.Ordinal);
        Assert.NotNull(store.LoadAuthority("p", []));
        Assert.Null(store.LoadLocal("a", certificate, key));
        byte[] pem = Encoding.ASCII.GetBytes(PemEncoding.WriteString("CERTIFICATE", certificate));
        byte[] keyPem = Encoding.ASCII.GetBytes(PemEncoding.WriteString("PRIVATE KEY", key));
        Assert.Null(store.LoadLocal("b", pem, keyPem));
        Assert.Equal(store.Find("a")!.Chain[0], store.Find("b")!.Chain[0]);
    }

    private static Identity Named(Identity.Types.Kind kind, string value) => new() { Kind = kind, Value = value };

    private static Lab Aggressive(Action<CertificateOrder> left, Action<CertificateOrder> right)
    {
        Lab lab = SimulatedAuthority.Signing(left, right).With(i => i.Gateways[0].Mode = Mode.Aggressive);
        (lab.LeftGateway.LocalIdentity, lab.LeftGateway.RemoteIdentity) =
            (Named(Identity.Types.Kind.Fqdn, "left.example.net"), Named(Identity.Types.Kind.Fqdn, "right.example.net"));
        (lab.RightGateway.LocalIdentity, lab.RightGateway.RemoteIdentity) =
            (Named(Identity.Types.Kind.Fqdn, "right.example.net"), Named(Identity.Types.Kind.Fqdn, "left.example.net"));
        return lab;
    }
}
