using RouterOS.Sdk.Storage;

namespace RouterOS.Unit.Sdk;

public sealed class SharedTextTests
{
    [Fact]
    public void Equal_texts_become_one_and_others_stay_what_they_are()
    {
        for (int i = 0; i < 5000; i++)
        {
            string text = $"text {i}";
            string first = SharedText.Of(text);
            Assert.Equal(text, first);
            Assert.Same(first, SharedText.Of($"text {i}"));
        }

        Assert.Equal(new string('x', 5000), SharedText.Of(new string('x', 5000)));
        Assert.Same(string.Empty, SharedText.Of(new string('x', 0)));
    }
}
