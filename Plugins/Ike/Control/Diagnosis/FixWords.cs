using RouterOS.Ike.Control.Policy;

namespace RouterOS.Ike.Control.Diagnosis;

/// <summary>What to do about a failure, neutral of any configuration language.</summary>
internal static class FixWords
{
    public static string Of(IkeFailure failure) => (failure.Kind, failure.Aspect) switch
    {
        (FailureKind.Proposal or FailureKind.Pfs, FailureAspect.RefusedByPeer) =>
            "the peer alone knows what it would take: compare its proposals with ours, or read its log",
        (FailureKind.Proposal, FailureAspect.None) => "give both ends one proposal in common",
        (FailureKind.Proposal, FailureAspect.AuthenticationMethod or FailureAspect.Protocol or FailureAspect.Encapsulation) =>
            $"let the peer use {failure.Ours}",
        (FailureKind.Proposal, _) => $"use {failure.Theirs} here or {failure.Ours} there",
        (FailureKind.Pfs, _) => $"use {failure.Theirs} here or {failure.Ours} there",
        (FailureKind.Key, _) => "enter the same preshared key at both ends",
        (FailureKind.Identity, FailureAspect.RefusedByPeer) => "let the peer expect that identity, or say the one that it expects",
        (FailureKind.Identity, _) => $"expect {failure.Theirs} here, or let the peer say {failure.Ours}",
        (FailureKind.NoResponse, FailureAspect.Missing) => "see whether the peer runs and is at that address",
        (FailureKind.NoResponse, _) => "see whether the peer runs, and whether anything between drops some of its packets",
        (FailureKind.NoRoute, _) => "add a route to the peer outside the tunnel",
        (FailureKind.ProxyIdentity, FailureAspect.RefusedByPeer) => "let the peer's proxy identity mirror ours",
        (FailureKind.ProxyIdentity, _) => "make the proxy identity of one end mirror the other's",
        (FailureKind.PeerDead, _) => "see whether the peer and the path to it are up; the tunnel is tried again by itself",
        (FailureKind.PeerDeleted, _) => "see the peer's log for why; the tunnel is tried again by itself",
        (FailureKind.Malformed, _) => "see what sends such messages: a peer of another kind, or something on the way that changes them",
        (FailureKind.UnknownPeer, _) => "configure a gateway with that address, or correct the address of the one that is meant",
        (FailureKind.Limit, _) => "wait until the other negotiations are over",
        (FailureKind.Mode, _) when failure.Theirs is "main mode" or "aggressive mode" => $"use {failure.Theirs} here or {failure.Ours} there",
        (FailureKind.Mode, _) => $"let the peer use {(failure.Ours.Length == 0 ? "main mode of IKE version 1" : failure.Ours)}",
        (FailureKind.Install, _) => "see the alarms and the log of the modules",
        (FailureKind.Blocked, FailureAspect.Udp4500) => "let UDP 4500 pass between the peers, both ways",
        (FailureKind.Blocked, FailureAspect.Esp) => "let IP protocol 50 pass between the peers, both ways, and see the peer's own diagnosis",
        (FailureKind.Blocked, FailureAspect.Ah) => "let IP protocol 51 pass between the peers, both ways, or use ESP, and see the peer's own diagnosis",
        (FailureKind.Blocked, _) => "let UDP 500 pass between the peers, both ways, and see the peer's own diagnosis",
        (FailureKind.User, FailureAspect.Missing) => "add the user, or let the peer's user give a name that is there",
        (FailureKind.User, FailureAspect.RefusedByPeer) => "give the name and the password that the peer knows",
        (FailureKind.User, FailureAspect.NoServer) => "see 'show network-access aaa radius-servers': a wrong secret, a server that is down, or no way to it",
        (FailureKind.User, FailureAspect.RefusedByServer) => "see the server's log for why, and let the user give what the server knows",
        (FailureKind.User, FailureAspect.TooOften) => "let the user wait, and see who tries its name",
        (FailureKind.User, FailureAspect.NoAnswer) when failure.Ours.Length > 0 => "let the peer ask for users, or delete xauth here",
        (FailureKind.User, FailureAspect.NoAnswer) => "see whether the peer does XAUTH and has somebody to ask, or delete xauth here",
        (FailureKind.User, _) => "let the user give the right password, or change it here",
        (FailureKind.AddressPool, _) => "widen the pool's range, or end sessions that are not needed",
        (FailureKind.CertificateExpired, _) => "set this router's clock right if that is not the time, else let the peer load a new certificate",
        (FailureKind.CertificateNotYetValid, _) => "set this router's clock right if that is not the time, else see the clock of the authority that issued it",
        (FailureKind.CertificateUntrusted, _) => "load the certificate of the authority that issued the peer's, if it is to be trusted",
        (FailureKind.CertificateIdentity, _) => "let the peer say an identity that its certificate names, or load one there that names it",
        (FailureKind.Signature, _) => "let the peer load its certificate together with the key that belongs to it; else somebody pretends to be the peer",
        (FailureKind.Certificate, FailureAspect.Missing) => "load the certificate and its key",
        (FailureKind.Certificate, FailureAspect.RefusedByPeer) => "see the peer's own diagnosis: its clock, its authorities, the names that it expects in our certificate",
        (FailureKind.Certificate, _) => "load a certificate with an RSA key that is for signatures, at the end that it belongs to",
        (FailureKind.HostInbound, _) => "allow ike in that zone",
        (FailureKind.Zone, _) => "put the interface into a zone",
        (FailureKind.Policy, FailureAspect.Order) => $"put {failure.Theirs} before {failure.Ours}",
        (FailureKind.Policy, _) => "add a policy that permits",
        (FailureKind.Route, FailureAspect.Missing) => "add a route for the peer's networks into the tunnel",
        (FailureKind.Route, _) => "add a route to the hosts",
        (FailureKind.Mtu, _) => "let the outer packets be cut, or lower the largest TCP segment",
        (FailureKind.Replay, _) => "find what repeats or delays packets; a path that only reorders needs anti-replay off",
        (FailureKind.Nat, _) => "allow NAT traversal at both ends",
        (FailureKind.Integrity, _) => "clear the SAs so that new keys are made, and look for a device that rewrites packets",
        (FailureKind.UnknownSpi, _) => "clear the IPsec SAs at both ends",
        (FailureKind.Interface, _) => $"use {failure.Theirs} as external interface, or route the peer through {failure.Ours}",
        (FailureKind.OneWay, _) => "see whether the hosts have a route back through this router",
        _ => "see the log",
    };
}
