using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using RouterOS.Ike.Control.Certificates;
using RouterOS.Proto.Ike.V1;

namespace RouterOS.Unit.Ike.Simulation;

/// <summary>A certification authority in memory.</summary>
internal sealed class SimulatedAuthority
{
    private readonly X509Certificate2 _own;

    public SimulatedAuthority(string name)
    {
        CertificateRequest request = new(name, RSA.Create(2048), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        _own = request.CreateSelfSigned(SimulatedClock.Start.AddYears(-20), SimulatedClock.Start.AddYears(20));
    }

    /// <summary>The one that both sides of a lab trust.</summary>
    public static SimulatedAuthority Usual { get; } = new("CN=Test CA, O=Example");

    public byte[] Certificate => _own.RawData;

    /// <summary>Two routers that prove by signatures who they are.</summary>
    public static Lab Signing(Action<CertificateOrder> left, Action<CertificateOrder> right, Lab? lab = null)
    {
        lab = (lab ?? new Lab()).With(i =>
        {
            i.Gateways[0].Proposals[0].Authentication = Authentication.RsaSignatures;
            i.Gateways[0].PreSharedKey = Google.Protobuf.ByteString.Empty;
            i.Gateways[0].LocalCertificate = "own";
            i.Gateways[0].CertificateSource = Lab.At("security ike policy pol1 certificate", 15);
        });
        foreach ((SimulatedRouter router, Action<CertificateOrder> shape) in new[] { (lab.Left, left), (lab.Right, right) })
        {
            CertificateOrder order = new();
            shape(order);
            CertificateStore store = new(router.Values);
            (byte[] certificate, byte[] key) = (order.By ?? Usual).Issue(order);
            Assert.Null(store.LoadLocal("own", certificate, key));
            Assert.Null(store.LoadAuthority("root", Usual.Certificate));
        }

        return lab;
    }

    /// <summary>A new key and its certificate (DER).</summary>
    public (byte[] Certificate, byte[] Key) Issue(CertificateOrder order)
    {
        using RSA key = RSA.Create(2048);
        CertificateRequest request = new(order.Subject, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(order.Alternatives.Build());
        request.CertificateExtensions.Add(new X509KeyUsageExtension(order.Usage, true));
        using X509Certificate2 made = request.Create(
            _own, SimulatedClock.Start + order.From - (order.Until < TimeSpan.Zero ? TimeSpan.FromDays(100) : TimeSpan.Zero),
            SimulatedClock.Start + order.Until, RandomNumberGenerator.GetBytes(8));
        return (made.RawData, key.ExportPkcs8PrivateKey());
    }
}
