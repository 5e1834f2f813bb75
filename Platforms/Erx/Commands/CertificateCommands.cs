using System.Globalization;
using Google.Protobuf;
using RouterOS.Erx.Bindings;
using RouterOS.Erx.Layouts;
using RouterOS.Proto.Pki.V1;
using RouterOS.Sdk.Cli;
using RouterOS.Sdk.Configuration;
using Pki = RouterOS.Proto.Pki.V1.Pki;

namespace RouterOS.Erx.Commands;

/// <summary>Certificates that come from files: the router's own with its key, and those of authorities.</summary>
internal static class CertificateCommands
{
    // A chain of certificates is a few thousand bytes.
    private const int LargestFile = 1 << 20;

    /// <summary>The commands.</summary>
    public static IReadOnlyList<OperationalCommand> All { get; } =
    [
        new("ipsec", "IPsec"),
        new("ipsec certificate-database", "Certificates"),
        new OperationalCommand("ipsec certificate-database refresh", "Read certificates (.cer), and the router's key (.key), of a directory", Refresh).With(
            CommandOption.Named("directory", "Directory with the files", Values.Text("directory"))),
        new("show ipsec certificates", "Show certificates", c => Show(c, authorities: true, own: true)),
        new("show ipsec certificates all", "Show all certificates", c => Show(c, authorities: true, own: true)),
        new("show ipsec certificates public-certs", "Show the router's own", c => Show(c, authorities: false, own: true)),
        new("show ipsec certificates root-cas", "Show those of authorities", c => Show(c, authorities: true, own: false)),
    ];

    // Whose key is beside it is the router's; those that are left are authorities'. What is no longer there is forgotten.
    private static async Task<int> Refresh(CommandContext context)
    {
        if (context.Arguments.Text("directory") is not { } directory)
        {
            context.Output.WriteLine("% say which directory has the files: 'directory NAME'");
            return 1;
        }

        Pki.PkiClient pki = new(context.Bus);
        int status = 0;
        int read = 0;
        try
        {
            string[] files = [.. Directory.EnumerateFiles(directory, "*.cer").Order(StringComparer.Ordinal)];
            if (files.Length == 0)
            {
                context.Output.WriteLine($"% {directory} has no .cer file");
                return 1;
            }

            await pki.ClearCertificatesAsync(new ClearCertificatesRequest(), cancellationToken: context.Cancellation);
            await pki.ClearCertificatesAsync(new ClearCertificatesRequest { Authorities = true }, cancellationToken: context.Cancellation);
            foreach (string file in files)
            {
                string key = Path.ChangeExtension(file, ".key");
                bool own = File.Exists(key);
                LoadReply reply = own
                    ? await pki.LoadCertificateAsync(
                        new LoadCertificateRequest { Id = IkeBinding.RouterCertificate, Certificate = Read(file), Key = Read(key) },
                        cancellationToken: context.Cancellation)
                    : await pki.LoadAuthorityAsync(
                        new LoadAuthorityRequest { Profile = Path.GetFileNameWithoutExtension(file), Certificate = Read(file) },
                        cancellationToken: context.Cancellation);
                context.Output.WriteLine(reply.Error.Length > 0 ? $"% {Path.GetFileName(file)}: {reply.Error}"
                    : own ? $"{Path.GetFileName(file)}: the router's certificate" : $"{Path.GetFileName(file)}: an authority");
                status |= reply.Error.Length > 0 ? 1 : 0;
                read += reply.Error.Length > 0 ? 0 : 1;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            context.Output.WriteLine("% " + e.Message);
            return 1;
        }

        context.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{read} certificate{(read == 1 ? string.Empty : "s")} read"));
        return status;
    }

    private static ByteString Read(string path) => new FileInfo(path).Length > LargestFile
        ? throw new IOException($"{path} is too large for a certificate or a key")
        : ByteString.CopyFrom(File.ReadAllBytes(path));

    private static async Task<int> Show(CommandContext context, bool authorities, bool own)
    {
        Pki.PkiClient pki = new(context.Bus);
        if (own)
        {
            ListCertificatesReply reply = await pki.ListCertificatesAsync(new ListCertificatesRequest(), cancellationToken: context.Cancellation);
            context.Output.Write(CertificateLayout.Text("Public Certificates", reply.Certificates));
        }

        if (authorities)
        {
            ListCertificatesReply reply = await pki.ListCertificatesAsync(
                new ListCertificatesRequest { Authorities = true }, cancellationToken: context.Cancellation);
            context.Output.Write(CertificateLayout.Text("Root CA Certificates", reply.Certificates));
        }

        return 0;
    }
}
