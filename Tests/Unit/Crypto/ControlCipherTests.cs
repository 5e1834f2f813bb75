using RouterOS.Abstractions.Crypto;
using RouterOS.Crypto.Control;

namespace RouterOS.Unit.Crypto;

public sealed class ControlCipherTests
{
    private readonly LibcryptoCipher _cipher = new();
    private readonly BclMac _mac = new();

    public static TheoryData<string, CipherAlgorithm, int> CipherFiles => new()
    {
        { "rfc3602/aes-cbc.txt", CipherAlgorithm.AesCbc, 1 },
        { "sp800-38a/aes-cbc.txt", CipherAlgorithm.AesCbc, 1 },
        { "fips81/des-cbc.txt", CipherAlgorithm.DesCbc, 1 },
        { "sp800-20/des.txt", CipherAlgorithm.DesCbc, 1 },
        { "sp800-20/des.txt", CipherAlgorithm.TripleDesCbc, 3 },
        { "sp800-20/tdes.txt", CipherAlgorithm.TripleDesCbc, 1 },
    };

    [Theory]
    [MemberData(nameof(CipherFiles))]
    public void Published_answers_come_out_in_both_directions(string file, CipherAlgorithm algorithm, int keyCopies)
    {
        foreach (Dictionary<string, string> stanza in VectorFile.Read(file))
        {
            byte[] key = [.. Enumerable.Repeat(stanza.Bytes("key"), keyCopies).SelectMany(k => k)];
            byte[] work = stanza.Bytes("plain");
            _cipher.Encrypt(algorithm, key, stanza.Bytes("iv"), work, work);
            Assert.Equal(stanza.Bytes("cipher"), work);
            _cipher.Decrypt(algorithm, key, stanza.Bytes("iv"), work, work);
            Assert.Equal(stanza.Bytes("plain"), work);
        }
    }

    [Theory]
    [InlineData("rfc2202/hmac.txt")]
    [InlineData("rfc4231/hmac-sha256.txt")]
    public void Published_keyed_hashes_come_out(string file)
    {
        foreach (Dictionary<string, string> stanza in VectorFile.Read(file))
        {
            MacAlgorithm algorithm = Enum.Parse<MacAlgorithm>(stanza["mac"]);
            byte[] tag = _mac.Mac(algorithm, stanza.Bytes("key"), stanza.Bytes("data"));
            Assert.Equal(stanza.Bytes("tag"), tag);
            Assert.Equal(_mac.OutputBytes(algorithm), tag.Length);
        }
    }

    [Fact]
    public void Plain_hashes_are_those_under_the_keyed_ones()
    {
        Assert.Equal("900150983CD24FB0D6963F7D28E17F72", Convert.ToHexString(_mac.Hash(MacAlgorithm.HmacMd5, "abc"u8)));
        Assert.Equal("A9993E364706816ABA3E25717850C26C9CD0D89D", Convert.ToHexString(_mac.Hash(MacAlgorithm.HmacSha1, "abc"u8)));
        Assert.StartsWith("BA7816BF8F01CFEA", Convert.ToHexString(_mac.Hash(MacAlgorithm.HmacSha256, "abc"u8)), StringComparison.Ordinal);
    }

    [Fact]
    public void Wrong_lengths_are_a_callers_bug()
    {
        byte[] block = new byte[16];
        Assert.Throws<ArgumentException>(() => _cipher.Encrypt(CipherAlgorithm.AesCbc, new byte[15], block, block, block));
        Assert.Throws<ArgumentException>(() => _cipher.Encrypt(CipherAlgorithm.AesCbc, block, new byte[8], block, block));
        Assert.Throws<ArgumentException>(() => _cipher.Encrypt(CipherAlgorithm.AesCbc, block, block, new byte[15], block));
        Assert.Throws<ArgumentException>(() => _cipher.Decrypt(CipherAlgorithm.DesCbc, block, new byte[8], block, block));
        Assert.Throws<ArgumentException>(() => _cipher.Encrypt(CipherAlgorithm.AesCbc, block, block, block, new byte[8]));
    }
}
