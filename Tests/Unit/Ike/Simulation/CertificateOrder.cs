using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace RouterOS.Unit.Ike.Simulation;

/// <summary>What a certificate shall say; unless changed it is good for the time of the simulation.</summary>
internal sealed class CertificateOrder
{
    public SubjectAlternativeNameBuilder Alternatives { get; } = new();

    public string Subject { get; set; } = "CN=gw, O=Example";

    public TimeSpan From { get; set; } = TimeSpan.FromDays(-10);

    public TimeSpan Until { get; set; } = TimeSpan.FromDays(3000);

    /// <summary>Who signs it; null: the usual authority.</summary>
    public SimulatedAuthority? By { get; set; }

    public X509KeyUsageFlags Usage { get; set; } = X509KeyUsageFlags.DigitalSignature;

    public CertificateOrder Address(string address)
    {
        Alternatives.AddIpAddress(IPAddress.Parse(address));
        return this;
    }

    /// <summary>Adds a name: of a user with "@", of a subject with "=", otherwise of a host.</summary>
    public CertificateOrder Names(string name)
    {
        if (name.Contains('@', StringComparison.Ordinal))
        {
            Alternatives.AddEmailAddress(name);
        }
        else if (name.Contains('=', StringComparison.Ordinal))
        {
            Subject = name.Contains("left", StringComparison.Ordinal) ? "CN=left.example.net, O=Example" : "CN=right.example.net, O=Example";
        }
        else
        {
            Alternatives.AddDnsName(name);
        }

        return this;
    }
}
