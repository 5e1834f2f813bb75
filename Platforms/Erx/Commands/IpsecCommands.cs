using RouterOS.Erx.Layouts;
using RouterOS.Erx.Statements;
using RouterOS.Proto.Ike.V1;
using RouterOS.Sdk.Cli;
using RouterOS.Sdk.Configuration;

namespace RouterOS.Erx.Commands;

/// <summary><c>show ipsec</c> and <c>clear ipsec</c>.</summary>
internal static class IpsecCommands
{
    /// <summary>The commands.</summary>
    public static IReadOnlyList<OperationalCommand> All { get; } =
    [
        new("show ipsec", "Show information about IPsec"),
        new("show ipsec ike-sa", "Show IKE security associations", ShowIkeSas),
        new("show ike", "Show information about IKE"),
        new("show ike sa", "Show IKE security associations", ShowIkeSas),
        new OperationalCommand("show ipsec ike-policy-rule", "Show rules of IKE policy", ShowRules).With(
            CommandOption.Argument("priority", "One rule", Values.Integer(1, 10000))),
        new("show ipsec option", "Show options of the virtual router", ShowOptions),
        new("show ipsec transport", "Show IPsec transport connections"),
        new OperationalCommand("show ipsec transport interface", "Show connections", ShowInterfaces).With(
            CommandOption.Flag("detail", "All about each", "form"), CommandOption.Flag("summary", "How many there are", "form"),
            CommandOption.Argument("number", "One connection", Values.Integer(1, uint.MaxValue))),
        new OperationalCommand("show ipsec transport profile", "Show profiles", ShowProfiles).With(
            CommandOption.Argument("name", "One profile", ErxValues.ObjectName("profileName"))),
        new("clear ipsec", "Clear IPsec"),
        new OperationalCommand("clear ipsec ike-sa", "Delete IKE security associations", ClearIkeSas).With(
            CommandOption.Argument("peer", "Address of the peer, or all", Values.Address().Or(Values.Choice("all", "All peers")))),
        new("clear ipsec sa", "Delete the connections' security associations", ClearSas),
    ];

    private static StatementView Router(CommandContext context) =>
        context.Configuration.Entry(ErxStatements.VirtualRouters, context.Instance.Length == 0 ? ErxStatements.DefaultRouter : context.Instance);

    private static async Task<int> ShowIkeSas(CommandContext context)
    {
        ListPhase1Reply reply = await new Ike.IkeClient(context.Bus).ListPhase1Async(new ListPhase1Request(), cancellationToken: context.Cancellation);
        context.Output.Write(IkeSaLayout.Text(reply.Sas));
        return 0;
    }

    private static Task<int> ShowRules(CommandContext context)
    {
        string? one = context.Arguments.Text("priority");
        StatementView[] rules = [.. context.Configuration["ipsec"].List("ike-policy-rule").Where(r => one is null || r.Key == one)];
        if (one is not null && rules.Length == 0)
        {
            context.Output.WriteLine($"% ike policy rule {one} does not exist");
            return Task.FromResult(1);
        }

        context.Output.Write(IkeRuleLayout.Text(rules));
        return Task.FromResult(0);
    }

    private static Task<int> ShowOptions(CommandContext context)
    {
        StatementView options = Router(context)["ipsec"]["option"];
        context.Output.WriteLine();
        context.Output.WriteLine("IPsec options:");
        context.Output.WriteLine($"Dead Peer Detection: {(options.Has("dpd") ? "enabled" : "disabled")}");
        context.Output.WriteLine($"NAT Traversal      : {(options.Has("nat-t") ? "disabled" : "enabled")}");
        return Task.FromResult(0);
    }

    private static async Task<int> ShowInterfaces(CommandContext context)
    {
        IReadOnlyList<TransportInterface> all = await TransportReader.Read(context);
        long? number = context.Arguments.Number("number");
        TransportInterface[] wanted = [.. all.Where(i => number is null || i.Number == number)];
        if (number is not null && wanted.Length == 0)
        {
            context.Output.WriteLine($"% ipsec transport interface {number} does not exist");
            return 1;
        }

        context.Output.Write(context.Arguments.Has("summary") ? TransportLayout.Summary(all)
            : TransportLayout.Text(wanted, context.Arguments.Has("detail"), withCount: number is null));
        return 0;
    }

    private static Task<int> ShowProfiles(CommandContext context)
    {
        // Of all virtual routers: a profile's name is its own in the chassis.
        string? one = context.Arguments.Text("name");
        (string Router, StatementView Profile)[] profiles =
        [
            .. from router in context.Configuration.List(ErxStatements.VirtualRouters)
               from profile in router["ipsec"]["transport"].List("profile")
               where one is null || profile.Key == one
               select (router.Key, profile),
        ];
        if (one is not null && profiles.Length == 0)
        {
            context.Output.WriteLine($"% ipsec transport profile {one} does not exist");
            return Task.FromResult(1);
        }

        context.Output.Write(TransportProfileLayout.Text(
            profiles, detail: one is not null));
        return Task.FromResult(0);
    }

    private static async Task<int> ClearIkeSas(CommandContext context)
    {
        string? peer = context.Arguments.Text("peer");
        await new Ike.IkeClient(context.Bus).ClearPhase1Async(
            new ClearRequest { Peer = peer is null or "all" ? string.Empty : peer }, cancellationToken: context.Cancellation);
        return 0;
    }

    private static async Task<int> ClearSas(CommandContext context)
    {
        await new Ike.IkeClient(context.Bus).ClearPhase2Async(new ClearRequest(), cancellationToken: context.Cancellation);
        return 0;
    }
}
