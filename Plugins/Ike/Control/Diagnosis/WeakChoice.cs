using RouterOS.Abstractions.Crypto;

namespace RouterOS.Ike.Control.Diagnosis;

/// <summary>A choice that is weak today, and why. A note is no weakness but worth knowing.</summary>
internal sealed record WeakChoice(string What, string Why, bool IsNote = false)
{
    private const int WeakestGroup = 5;

    /// <summary>Aggressive mode with a preshared key.</summary>
    public static WeakChoice AggressiveMode { get; } = new(
        "aggressive mode with a preshared key", "whoever asks gets a hash of the key in the clear and can search for the key offline");

    /// <summary>One key for several peers.</summary>
    public static WeakChoice SharedKey { get; } = new(
        "one preshared key for several peers", "each of them can pretend to be another one, or the router");

    /// <summary>Users behind a key that all of them have.</summary>
    public static WeakChoice UsersBehindGroupKey { get; } = new(
        "xauth behind a group key in aggressive mode", "whoever has or finds the group's key can pretend to be this router and be told users' passwords");

    /// <summary>A preshared key that all peers of a gateway have.</summary>
    public static WeakChoice GroupKey { get; } = new(
        "one preshared key for all peers of a gateway", "each of them can pretend to be another one, or the router, and nobody can be locked out alone");

    /// <summary>One identity that all peers of a gateway say.</summary>
    public static WeakChoice SharedIdentity { get; } = new("one IKE identity for all peers of a gateway", "nothing tells them apart but their address and port");

    /// <summary>Anti-replay off.</summary>
    public static WeakChoice NoAntiReplay { get; } = new("no-anti-replay", "packets that somebody recorded are taken again");

    /// <summary>No perfect forward secrecy.</summary>
    public static WeakChoice NoPfs { get; } = new(
        "no perfect forward secrecy", "whoever learns the keys of phase 1 can read all traffic that they have protected", IsNote: true);

    /// <summary>What is weak in an algorithm of phase 1.</summary>
    public static IEnumerable<WeakChoice> Of(CipherAlgorithm cipher, MacAlgorithm hash, int group) =>
        new[] { Cipher(cipher), Hash(hash, "md5"), Group(group) }.OfType<WeakChoice>();

    /// <summary>What is weak in an algorithm of phase 2.</summary>
    public static IEnumerable<WeakChoice> OfPhase2(CipherAlgorithm cipher, MacAlgorithm mac) =>
        new[] { Cipher(cipher), Hash(mac, "hmac-md5-96") }.OfType<WeakChoice>();

    /// <summary>What is weak in a group.</summary>
    public static WeakChoice? Group(int group) => group switch
    {
        1 => new("group1", "768 bits are within reach of a university"),
        2 => new("group2", "1024 bits are within reach of a state, once for everybody who uses this group"),
        WeakestGroup => new("group5", "1536 bits are below the 112-bit strength that is asked for today"),
        _ => null,
    };

    private static WeakChoice? Cipher(CipherAlgorithm cipher) => cipher switch
    {
        CipherAlgorithm.Null => new("no encryption", "anybody on the way reads what passes"),
        CipherAlgorithm.DesCbc => new("des-cbc", "56-bit keys are found by trying them all within a day"),
        CipherAlgorithm.TripleDesCbc => new("3des-cbc", "64-bit blocks repeat after some 32 GB under one key and then give text away"),
        _ => null,
    };

    private static WeakChoice? Hash(MacAlgorithm hash, string name) =>
        hash == MacAlgorithm.HmacMd5 ? new(name, "MD5 is broken; in HMAC it still holds, but nobody vouches for it") : null;
}
