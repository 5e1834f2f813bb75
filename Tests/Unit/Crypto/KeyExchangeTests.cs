using System.Numerics;
using RouterOS.Crypto.Control;

namespace RouterOS.Unit.Crypto;

public sealed class KeyExchangeTests
{
    private readonly LibcryptoKeyExchange _exchange = new();

    [Theory]
    [InlineData(1, 96, "F44C42E9A63A3620")]
    [InlineData(2, 128, "49286651ECE65381")]
    [InlineData(5, 192, "F1746C08CA237327")]
    [InlineData(14, 256, "15728E5A8AACAA68")]
    public void Prime_is_the_one_of_the_formula(int group, int bytes, string end)
    {
        BigInteger prime = PrimeOf(group, bytes * 8);
        Assert.Equal(bytes, _exchange.PublicBytes(group));
        Assert.EndsWith(end + "FFFFFFFFFFFFFFFF", prime.ToString("X"), StringComparison.Ordinal);

        // The engine reveals its prime: p - 2 is the largest value it takes.
        byte[] own = _exchange.Generate(group, new FixedRandom(1)).Private;
        Assert.NotNull(_exchange.Agree(group, own, Big(prime - 2, bytes)));
        Assert.Null(_exchange.Agree(group, own, Big(prime - 1, bytes)));
        Assert.Null(_exchange.Agree(group, own, Big(prime, bytes)));
        Assert.Null(_exchange.Agree(group, own, Big(prime + 2, bytes)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(14)]
    public void Both_sides_agree_and_the_arithmetic_is_right(int group)
    {
        (byte[] Private, byte[] Public) left = _exchange.Generate(group, new FixedRandom(7));
        (byte[] Private, byte[] Public) right = _exchange.Generate(group, new FixedRandom(8));
        Assert.Equal(_exchange.PublicBytes(group), left.Public.Length);
        Assert.True(left.Private.Length >= 32, "the exponent is shorter than twice the group's strength");
        byte[]? shared = _exchange.Agree(group, left.Private, right.Public);
        Assert.Equal(shared, _exchange.Agree(group, right.Private, left.Public));
        BigInteger prime = PrimeOf(group, left.Public.Length * 8);
        BigInteger expected = BigInteger.ModPow(
            new BigInteger(right.Public, isUnsigned: true, isBigEndian: true),
            new BigInteger(left.Private, isUnsigned: true, isBigEndian: true), prime);
        Assert.Equal(Big(expected, left.Public.Length), shared);
    }

    [Fact]
    public void Result_keeps_the_prime_length_when_it_starts_with_zeros()
    {
        // 2^1 mod p is 2: everything before it is padding.
        byte[] two = new byte[96];
        two[^1] = 2;
        Assert.Equal(two, _exchange.Agree(1, [1], two));
        Assert.Equal(two, _exchange.Agree(1, [1], [2]));
    }

    [Fact]
    public void Values_below_two_and_longer_than_the_prime_are_refused()
    {
        byte[] own = _exchange.Generate(2, new FixedRandom(3)).Private;
        Assert.Null(_exchange.Agree(2, own, []));
        Assert.Null(_exchange.Agree(2, own, new byte[128]));
        Assert.Null(_exchange.Agree(2, own, [.. new byte[127], 1]));
        Assert.Null(_exchange.Agree(2, own, [1, .. new byte[128]]));
    }

    [Fact]
    public void Unknown_groups_are_refused()
    {
        Assert.False(_exchange.Supports(3));
        Assert.False(_exchange.Supports(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => _exchange.PublicBytes(3));
    }

    // p = 2^n - 2^(n-64) - 1 + 2^64 * (floor(2^(n-130) * pi) + k), RFC 2409 section 6 and RFC 3526.
    private static BigInteger PrimeOf(int group, int bits)
    {
        int addend = group switch { 1 => 149686, 2 => 129093, 5 => 741804, _ => 124476 };
        return (BigInteger.One << bits) - (BigInteger.One << (bits - 64)) - 1 + ((ScaledPi(bits - 130) + addend) << 64);
    }

    private static byte[] Big(BigInteger value, int bytes)
    {
        byte[] raw = value.ToByteArray(isUnsigned: true, isBigEndian: true);
        return [.. new byte[Math.Max(0, bytes - raw.Length)], .. raw];
    }

    // Machin: pi = 16 atan(1/5) - 4 atan(1/239), with 64 guard bits.
    private static BigInteger ScaledPi(int bits) => ((16 * Arctangent(5, bits + 64)) - (4 * Arctangent(239, bits + 64))) >> 64;

    private static BigInteger Arctangent(int inverse, int bits)
    {
        BigInteger term = (BigInteger.One << bits) / inverse;
        BigInteger sum = 0;
        for (int i = 1; !term.IsZero; i += 2)
        {
            sum += (i & 2) == 0 ? term / i : -(term / i);
            term /= inverse * inverse;
        }

        return sum;
    }
}
