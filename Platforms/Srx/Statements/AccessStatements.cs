using RouterOS.Sdk.Configuration;
using static RouterOS.Sdk.Configuration.Schema;
using static RouterOS.Sdk.Configuration.Values;
using static RouterOS.Srx.Statements.SrxValues;

namespace RouterOS.Srx.Statements;

/// <summary><c>[edit access]</c>: users of extended authentication and their addresses.</summary>
internal static class AccessStatements
{
    private const string OnlyXauth = "users are known for extended authentication of IKE alone: write 'firewall-user password'";
    private const string NoServers = "servers of this kind are not asked: write 'authentication-order radius', or the users into the profile and 'authentication-order password'";

    // What the vendor's client does when it keeps a password is its own affair.
    private const string Unnamed = "it acts only where a policy or an interface names it, which is refused";

    /// <summary>The subtree.</summary>
    public static StatementSchema Tree { get; } = Container("access", "Profiles of users and their addresses",
        TraceOptions,
        List("profile", "Users", ObjectName("profile-name"),
            LeafList("authentication-order", "Who knows the users", OneOf(
                Choice("password", "This profile"),
                Choice("none", "Nobody is asked", Verdict.Refused("users without a password are not let in")),
                Choice("ldap", "LDAP servers", Verdict.Refused(NoServers)),
                Choice("radius", "RADIUS servers"),
                Choice("securid", "SecurID servers", Verdict.Refused(NoServers)))),
            List("client", "User", UserName,
                Container("firewall-user", "User of the router's own",
                    Leaf("password", "Password", SecretText("password")).Mandatory()),
                Flag("no-rfc2486", "Take the name as it is").Equivalent("names are always taken as they are"),
                LeafList("client-group", "Groups of the user", Text("group-name")).Ignored("groups matter to policies alone, which name none"),
                Anything("chap-secret", "Secret of PPP").Refused(OnlyXauth),
                Anything("pap-password", "Password of PPP").Refused(OnlyXauth),
                Anything("ike", "IKE of a peer").Refused("peers are configured at 'security ike gateway'"),
                Anything("l2tp", "L2TP of a peer").Refused(OnlyXauth),
                Anything("ppp", "PPP of a peer").Refused(OnlyXauth),
                Anything("xauth", "Address of this user alone").Refused("addresses come from the profile's 'address-assignment pool'")),
            Container("address-assignment", "Where users get their address from",
                Leaf("pool", "Pool", Reference("pool-name", "access address-assignment pool"))),
            Anything("client-name-filter", "Part of the name that counts").Refused(NotEnforced),
            Anything("session-options", "Limits of sessions").Refused(NotEnforced),
            Anything("accounting", "Accounting").Refused(NoServers),
            Anything("accounting-order", "Accounting").Refused(NoServers),
            Anything("ldap-options", "LDAP").Refused(NoServers),
            Anything("ldap-server", "LDAP").Refused(NoServers),
            Anything("radius", "RADIUS").Refused(NoServers),
            Anything("radius-options", "RADIUS").Refused(NoServers),
            List("radius-server", "RADIUS server, in the order they are asked", Address(),
                Leaf("secret", "Secret that is shared with the server", SecretText("secret")).Mandatory(),
                Leaf("port", "UDP port", Integer(1, 65535)),
                Leaf("timeout", "Seconds to wait for an answer", Integer(1, 1000)),
                Leaf("retry", "Times to ask again", Integer(1, 100)),
                Leaf("max-outstanding-requests", "Requests without an answer", Integer(0, 2000)),
                Leaf("source-address", "Our address", Address()),
                Anything("accounting-port", "Accounting").Ignored("nothing accounts for users of IKE"),
                Anything("routing-instance", "Routing instance").Refused("routing instances are not supported yet"))),
        Container("address-assignment", "Pools of addresses",
            List("pool", "Pool", ObjectName("pool-name"),
                Container("family", "Family of addresses",
                    Container("inet", "IPv4",
                        Leaf("network", "Network of the addresses", Prefix()).Mandatory(),
                        List("range", "Part of the network; without one it is all of it", ObjectName("range-name"),
                            Leaf("low", "First address", Address()).Mandatory(),
                            Leaf("high", "Last address", Address()).Mandatory()),
                        Container("xauth-attributes", "What users are told with their address",
                            Leaf("primary-dns", "Name server", Prefix()),
                            Leaf("secondary-dns", "Second name server", Prefix()),
                            Leaf("primary-wins", "WINS server", Prefix()),
                            Leaf("secondary-wins", "Second WINS server", Prefix())),
                        Anything("dhcp-attributes", "What DHCP tells").Refused("addresses are given by mode-config alone"),
                        Anything("host", "Address of one host").Refused("not supported yet: users get the address that they had before")),
                    Anything("inet6", "IPv6").Refused("IPv6 is not supported yet")),
                Leaf("link", "Pool to go on with", Text("pool-name")).Refused(NotEnforced)),
            Anything("abated-utilization", "Alarm").Ignored("no alarm is raised: see 'show network-access address-assignment pool'"),
            Anything("high-utilization", "Alarm").Ignored("no alarm is raised: see 'show network-access address-assignment pool'")),
        Anything("address-pool", "Pools of earlier releases").Refused("write 'address-assignment pool'"),
        Anything("domain", "Domains of user names").Refused(NotEnforced),
        Anything("firewall-authentication", "Authentication of users by the firewall").Ignored(Unnamed),
        Anything("group-profile", "Options of PPP").Ignored(Unnamed),
        Anything("ldap-options", "LDAP").Ignored(Unnamed),
        Anything("ldap-server", "LDAP").Ignored(Unnamed),
        Anything("radius-options", "RADIUS").Ignored(Unnamed),
        Anything("radius-server", "RADIUS").Ignored(Unnamed),
        Anything("securid-server", "SecurID").Ignored(Unnamed));

    /// <summary>Name of a user.</summary>
    public static ValueSyntax UserName => Pattern("user-name", "[!-~]{1,64}", "a name of 1 to 64 characters without spaces");
}
