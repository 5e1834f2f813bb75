using FsCheck;
using FsCheck.Fluent;
using RouterOS.Sdk.Configuration;

namespace RouterOS.Unit.Core.Configuration;

public sealed class ObfuscatedSecretTests
{
    [Fact]
    public void What_is_written_is_read() => Check.One(Seeded.Config,
        Prop.ForAll(ArbMap.Default.ArbFor<NonEmptyString>(), text =>
        {
            // Unpaired surrogates are no text.
            string key = new([.. text.Get.Where(c => !char.IsSurrogate(c))]);
            if (key.Length > 0)
            {
                Assert.True(ObfuscatedSecret.TryDecode(ObfuscatedSecret.Encode(key), out string? clear));
                Assert.Equal(key, clear);
            }
        }));

    [Fact]
    public void Published_forms_are_read()
    {
        string file = Path.Combine(AppContext.BaseDirectory, "Vectors", "junos-secret", "published.txt");
        foreach (string[] line in File.ReadLines(file).Where(l => l.StartsWith('$')).Select(l => l.Split(' ')))
        {
            Assert.True(ObfuscatedSecret.TryDecode(line[0], out string? clear));
            Assert.Equal(line[1], clear);
        }
    }

    [Fact]
    public void The_same_key_has_one_form() => Assert.Equal(ObfuscatedSecret.Encode("exampleKey"), ObfuscatedSecret.Encode("exampleKey"));

    [Theory]
    [InlineData("$9$")]
    [InlineData("$9$Q")]
    [InlineData("$9$lMaeLN$YoGjq4a")]
    [InlineData("$1$abc")]
    [InlineData("plain")]
    public void Damaged_forms_are_refused(string text) => Assert.False(ObfuscatedSecret.TryDecode(text, out _));

    [Fact]
    public void Any_text_after_the_mark_is_read_or_refused() => Check.One(Seeded.Config,
        Prop.ForAll(ArbMap.Default.ArbFor<string>(), text => { _ = ObfuscatedSecret.TryDecode("$9$" + text, out _); }));
}
