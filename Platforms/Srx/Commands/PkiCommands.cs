using Google.Protobuf;
using RouterOS.Proto.Pki.V1;
using RouterOS.Sdk.Cli;
using RouterOS.Sdk.Configuration;
using RouterOS.Srx.Layouts;
using Pki = RouterOS.Proto.Pki.V1.Pki;

namespace RouterOS.Srx.Commands;

/// <summary><c>request</c>, <c>show</c> and <c>clear</c> of <c>security pki</c>: certificates that are loaded from files.</summary>
internal static class PkiCommands
{
    // A chain of certificates is a few thousand bytes.
    private const int LargestFile = 1 << 20;

    private static readonly CommandOption s_id =
        CommandOption.Named("certificate-id", "Name of the certificate on this router", Values.Name("certificate-id", 32));

    private static readonly CommandOption s_profile =
        CommandOption.Named("ca-profile", "Name of the authority on this router", Values.Name("ca-profile", 32));

    private static readonly CommandOption s_file = CommandOption.Named("filename", "File with the certificate", Values.Text("filename"));

    /// <summary>The commands.</summary>
    public static IReadOnlyList<OperationalCommand> All { get; } =
    [
        new("request security", "Perform security functions"),
        new("request security pki", "Perform functions of certificates"),
        new("request security pki local-certificate", "Certificates of the router"),
        new("request security pki ca-certificate", "Certificates of authorities"),
        new("show security pki", "Show certificates"),
        new("clear security pki", "Delete certificates"),
        new OperationalCommand("request security pki local-certificate load", "Load a certificate and its key from files", LoadLocal).With(
            s_id, s_file, CommandOption.Named("key", "File with the private key, not encrypted", Values.Text("filename"))),
        new OperationalCommand("request security pki ca-certificate load", "Load the certificate of an authority from a file", LoadAuthority).With(
            s_profile, s_file),
        new OperationalCommand("show security pki local-certificate", "Show certificates of the router", c => Show(c, false)).With(
            s_id, CommandOption.Flag("detail", "All that is in them")),
        new OperationalCommand("show security pki ca-certificate", "Show certificates of authorities", c => Show(c, true)).With(
            s_profile, CommandOption.Flag("detail", "All that is in them")),
        new OperationalCommand("clear security pki local-certificate", "Delete certificates of the router", c => Clear(c, false)).With(
            s_id, CommandOption.Flag("all", "All of them")),
        new OperationalCommand("clear security pki ca-certificate", "Delete certificates of authorities", c => Clear(c, true)).With(
            s_profile, CommandOption.Flag("all", "All of them")),
    ];

    private static async Task<int> LoadLocal(CommandContext context)
    {
        if (context.Arguments.Text("certificate-id") is not { } id || Read(context, "filename") is not { } certificate
            || Read(context, "key") is not { } key)
        {
            return Missing(context, "certificate-id, filename and key");
        }

        LoadReply reply = await new Pki.PkiClient(context.Bus).LoadCertificateAsync(
            new LoadCertificateRequest { Id = id, Certificate = ByteString.CopyFrom(certificate), Key = ByteString.CopyFrom(key) },
            cancellationToken: context.Cancellation);
        return Report(context, reply, "Local certificate loaded successfully");
    }

    private static async Task<int> LoadAuthority(CommandContext context)
    {
        if (context.Arguments.Text("ca-profile") is not { } profile || Read(context, "filename") is not { } certificate)
        {
            return Missing(context, "ca-profile and filename");
        }

        LoadReply reply = await new Pki.PkiClient(context.Bus).LoadAuthorityAsync(
            new LoadAuthorityRequest { Profile = profile, Certificate = ByteString.CopyFrom(certificate) }, cancellationToken: context.Cancellation);
        return Report(context, reply, $"CA certificate for profile {profile} loaded successfully");
    }

    private static async Task<int> Show(CommandContext context, bool authorities)
    {
        ListCertificatesReply reply = await new Pki.PkiClient(context.Bus).ListCertificatesAsync(
            new ListCertificatesRequest { Authorities = authorities }, cancellationToken: context.Cancellation);
        string? name = context.Arguments.Text(authorities ? "ca-profile" : "certificate-id");
        context.Output.Write(CertificateLayout.Text(
            reply.Certificates.Where(c => name is null || c.Name == name), authorities, context.Arguments.Has("detail")));
        return 0;
    }

    private static async Task<int> Clear(CommandContext context, bool authorities)
    {
        string? name = context.Arguments.Text(authorities ? "ca-profile" : "certificate-id");
        if (name is null && !context.Arguments.Has("all"))
        {
            return Missing(context, authorities ? "ca-profile or all" : "certificate-id or all");
        }

        ClearCertificatesReply reply = await new Pki.PkiClient(context.Bus).ClearCertificatesAsync(
            new ClearCertificatesRequest { Authorities = authorities, Name = name ?? string.Empty }, cancellationToken: context.Cancellation);
        if (reply.Cleared == 0)
        {
            context.Output.WriteLine("error: no such certificate");
            return 1;
        }

        return 0;
    }

    private static byte[]? Read(CommandContext context, string option)
    {
        string? path = context.Arguments.Text(option);
        try
        {
            return path is null || new FileInfo(path).Length > LargestFile ? null : File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            context.Output.WriteLine($"error: {e.Message}");
            return null;
        }
    }

    private static int Missing(CommandContext context, string what)
    {
        context.Output.WriteLine($"error: {what} must be given, and files that can be read");
        return 1;
    }

    private static int Report(CommandContext context, LoadReply reply, string done)
    {
        context.Output.WriteLine(reply.Error.Length == 0 ? done : $"error: {reply.Error}");
        return reply.Error.Length == 0 ? 0 : 1;
    }
}
