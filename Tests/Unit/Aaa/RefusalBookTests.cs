using RouterOS.Aaa.Control;
using RouterOS.Unit.Core.Configuration;

namespace RouterOS.Unit.Aaa;

public sealed class RefusalBookTests
{
    private readonly ManualTime _time = new();
    private readonly List<string> _said = [];
    private readonly RefusalBook _book;

    public RefusalBookTests() => _book = new RefusalBook(
        _time, (user, reason) => _said.Add($"{user}: {reason}"),
        (user, count, seconds, reason) => _said.Add($"{user}: {count} times in {seconds} s: {reason}"),
        (user, count) => _said.Add($"{user}: in after {count}"));

    [Fact]
    public void Guessing_is_told_with_its_number_and_once_each_five_minutes()
    {
        for (int i = 0; i < 400; i++)
        {
            _book.Refused("anna", "wrong");
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(["anna: wrong", "anna: wrong", "anna: wrong", "anna: 4 times in 3 s: wrong", "anna: 304 times in 303 s: wrong"], _said);
        _book.Admitted("anna");
        Assert.Equal("anna: in after 400", _said[^1]);
        _book.Refused("anna", "wrong");
        Assert.Equal("anna: wrong", _said[^1]);
    }

    [Fact]
    public void A_slip_is_forgotten_after_five_minutes_and_when_the_user_comes_in()
    {
        for (int i = 0; i < 4; i++)
        {
            _book.Refused("bert", "wrong");
            _book.Refused("carl", "wrong");
            _book.Admitted("bert");
            _time.Advance(TimeSpan.FromMinutes(6));
        }

        Assert.Equal(8, _said.Count);
        Assert.All(_said, s => Assert.EndsWith(": wrong", s, StringComparison.Ordinal));
    }

    [Fact]
    public void Names_of_strangers_do_not_fill_the_memory()
    {
        for (int i = 0; i < 5000; i++)
        {
            _book.Refused($"user{i}", "no such user");
            _time.Advance(TimeSpan.FromMilliseconds(1));
        }

        Assert.Equal(5000, _said.Count);
        _book.Refused("user4999", "no such user");
        _book.Refused("user4999", "no such user");
        _book.Refused("user4999", "no such user");
        Assert.Contains("user4999: 4 times", _said[^1], StringComparison.Ordinal);
    }
}
