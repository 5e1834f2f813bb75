using System.Text;
using RouterOS.Aaa.Crypto;
using RouterOS.Crypto.Control;

namespace RouterOS.Unit.Aaa;

public sealed class MsChapTests
{
    private static readonly BclMac s_mac = new();
    private static readonly LibcryptoCipher s_cipher = new();

    [Fact]
    public void Md4_gives_the_hashes_of_the_RFC()
    {
        string[] lines = Lines("rfc1320/md4.txt");
        Assert.Equal(7, lines.Length);
        foreach (string line in lines)
        {
            int end = line.LastIndexOf('"');
            Assert.Equal(line[(end + 2)..], Convert.ToHexStringLower(Md4.Hash(Encoding.ASCII.GetBytes(line[1..end]))));
        }
    }

    [Fact]
    public void MsChapV2_gives_every_value_of_the_RFC()
    {
        Dictionary<string, string> values = Values("rfc2759/exchange.txt");
        byte[] password = Encoding.UTF8.GetBytes(values["password"]);
        byte[] authenticator = Convert.FromHexString(values["authenticator-challenge"]);
        byte[] peer = Convert.FromHexString(values["peer-challenge"]);
        byte[] hash = MsChap.PasswordHash(password);
        byte[] challenge = MsChap.ChallengeHash(s_mac, peer, authenticator, values["user"]);
        byte[] response = MsChap.ChallengeResponse(s_cipher, challenge, hash);
        Assert.Equal(values["password-hash"], Convert.ToHexString(hash));
        Assert.Equal(values["challenge"], Convert.ToHexString(challenge));
        Assert.Equal(values["nt-response"], Convert.ToHexString(response));
        Assert.Equal(values["authenticator-response"], MsChap.AuthenticatorResponse(s_mac, hash, response, challenge));
        byte[] value = MsChap.Respond(s_mac, s_cipher, values["user"], password, authenticator, peer);
        Assert.Equal(values["authenticator-response"], MsChap.Prove(s_mac, s_cipher, values["user"], password, authenticator, value));
        // A domain before the name does not take part.
        Assert.Equal(values["authenticator-response"], MsChap.Prove(s_mac, s_cipher, @"HOME\" + values["user"], password, authenticator, value));
        Assert.Null(MsChap.Prove(s_mac, s_cipher, "Another", password, authenticator, value));
    }

    [Fact]
    public void MsChap_gives_every_value_of_the_RFC()
    {
        Dictionary<string, string> values = Values("rfc2433/exchange.txt");
        byte[] password = Encoding.UTF8.GetBytes(values["password"]);
        byte[] challenge = Convert.FromHexString(values["challenge"]);
        Assert.Equal(values["password-hash"], Convert.ToHexString(MsChap.PasswordHash(password)));
        Assert.Equal(values["nt-response"], Convert.ToHexString(MsChap.ChallengeResponse(s_cipher, challenge, MsChap.PasswordHash(password))));
        byte[] value = MsChap.Respond(s_cipher, password, challenge);
        Assert.True(MsChap.IsRight(s_cipher, password, challenge, value));
        value[30] ^= 1;
        Assert.False(MsChap.IsRight(s_cipher, password, challenge, value));
        // The LAN Manager response alone is not taken.
        value[30] ^= 1;
        value[48] = 0;
        Assert.False(MsChap.IsRight(s_cipher, password, challenge, value));
    }

    private static Dictionary<string, string> Values(string name) => Lines(name).Select(l => l.Split(' ')).ToDictionary(p => p[0], p => p[1]);

    private static string[] Lines(string name) =>
        [.. File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Vectors", name)).Where(l => l.Length > 0 && l[0] != '#')];
}
