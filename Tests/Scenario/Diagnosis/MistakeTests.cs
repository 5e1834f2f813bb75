using System.Globalization;
using System.Text;
using RouterOS.Scenario.Simulated;
using RouterOS.Simulation;

namespace RouterOS.Scenario.Diagnosis;

/// <summary>Breaks the working pair of the example in one way at a time: each router must say what is wrong, in full.</summary>
public sealed class MistakeTests : IDisposable
{
    private const uint Inside = 0xcb007101;
    private const uint Outside = 0xcb00714d;

    private readonly SimulatedNetwork _network = new();
    private SimulatedRouter _siteA = null!;
    private SimulatedRouter _siteB = null!;
    private SimulatedHost _hostA = null!;
    private SimulatedHost _hostB = null!;
    private ushort _sent;

    public static TheoryData<string> Names() => [.. Mistake.Read().Where(m => m.Sentences.Count > 0).Select(m => m.Name)];

    public static TheoryData<string> Refused() => [.. Mistake.Read().Where(m => m.Refusals.Count > 0).Select(m => m.Name)];

    [Theory]
    [MemberData(nameof(Refused))]
    public void Some_mistakes_are_refused_before_they_can_do_harm(string name)
    {
        Mistake mistake = Mistake.Read().Single(m => m.Name == name);
        Start(new Mistake(name, string.Empty));
        foreach ((char router, string sentence) in mistake.Refusals)
        {
            bool first = router == 'A';
            Core.Configuration.CommitResult result = (first ? _siteA : _siteB).Engine.Configuration.CommitText(
                mistake.Apply(first ? 'a' : 'b', Example(first ? "site-a.conf" : "site-b.conf")), new("operator", "file"));
            string all = string.Join('\n', result.Findings.Select(f => $"{f.Message} ({f.Source.Path})"));
            Assert.True(!result.Succeeded && all.Split('\n').Contains(sentence), $"{name}: said\n{router}! {all}\n");
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_mistake_is_named_with_both_values_the_line_and_the_fix(string name)
    {
        Mistake mistake = Mistake.Read().Single(m => m.Name == name);
        Start(mistake);
        bool probes = mistake.Events.Remove("probe");
        foreach (string happening in mistake.Events)
        {
            Do(happening);
        }

        StringBuilder said = new();
        foreach (char router in "AB")
        {
            foreach (string line in (router == 'A' ? _siteA : _siteB).Run(probes ? "show security ike diagnose probe" : "show security ike diagnose").TrimEnd().Split('\n'))
            {
                said.Append(CultureInfo.InvariantCulture, $"{router}> {line.TrimEnd()}\n");
            }
        }

        string[] expected = [.. mistake.Sentences.Select(s => $"{s.Router}> {s.Sentence}")];
        string all = said.ToString();
        Assert.True(expected.Length > 0 && expected.All(e => all.Split('\n').Contains(e)), $"{name}: said\n{all}expected\n{string.Join('\n', expected)}\n");
    }

    [Fact]
    public void The_page_of_sentences_is_the_one_that_the_mistakes_make()
    {
        string made = DiagnosisPage.Text(Mistake.Read());
        string path = Path.Combine(AppContext.BaseDirectory, "Diagnosis", "DIAGNOSIS.md");
        if (Environment.GetEnvironmentVariable("ROUTEROS_WRITE_DIAGNOSIS") is { Length: > 0 } target)
        {
            File.WriteAllText(target, made);
        }
        else
        {
            Assert.Equal(File.ReadAllText(path), made);
        }
    }

    public void Dispose() => _network.Dispose();

    private static string Example(string name) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Examples", "Srx", "Examples", name));

    private void Start(Mistake mistake)
    {
        _siteA = _network.Router("site-a", "srx240", mistake.Apply('a', Example("site-a.conf")));
        _siteB = _network.Router("site-b", "srx240", mistake.Apply('b', Example("site-b.conf")));
        MemoryWire near = new("near");
        MemoryWire far = new("far");
        _siteA.Plug("ge-0/0/1", near.Left);
        _siteB.Plug("ge-0/0/1", far.Right);
        MemoryPort left = near.Right;
        if (mistake.Events.Remove("nat"))
        {
            MemoryWire between = new("between");
            SimulatedNat nat = new(near.Right, Inside, between.Left, Outside);
            _network.Loop.Add(nat.RunOnce, () => long.MaxValue);
            left = between.Right;
        }

        SimulatedMiddle middle = new(left, far.Left);
        _network.Loop.Add(middle.RunOnce, () => long.MaxValue);
        foreach (string happening in mistake.Events.ToArray())
        {
            string[] words = happening.Split(' ');
            bool taken = true;
            switch (words[0])
            {
                case "drop-udp": middle.DropUdp(int.Parse(words[1], CultureInfo.InvariantCulture)); break;
                case "drop-esp": middle.DropEsp(); break;
                case "drop-ah": middle.DropAh(); break;
                case "drop-xauth": middle.DropXauth(); break;
                case "drop-longer": middle.DropLongerThan(int.Parse(words[1], CultureInfo.InvariantCulture)); break;
                case "copies": middle.EspCopies = int.Parse(words[1], CultureInfo.InvariantCulture); break;
                default: taken = false; break;
            }

            _ = taken && mistake.Events.Remove(happening);
        }

        _cut = middle.Cut;
        _hostA = _network.Host("10.10.1.10", "10.10.1.1", _siteA, "ge-0/0/0");
        _hostB = _network.Host("10.10.2.10", "10.10.2.1", _siteB, "ge-0/0/0");
        _network.Start();
        _network.Run(10);
    }

    private Action _cut = () => { };

    private void Do(string happening)
    {
        string[] words = happening.Split(' ');
        double count = words.Length > 1 && double.TryParse(words[1], CultureInfo.InvariantCulture, out double given) ? given : 0;
        switch (words[0])
        {
            case "wait":
                _network.Run(count);
                break;
            case "certificates":
                SiteCertificates.Load(_siteA, _siteB, words[1]);
                break;
            case "cut":
                _cut();
                break;
            case "ping-from-a" or "ping-from-b":
                int bytes = words.Length > 2 ? int.Parse(words[2], CultureInfo.InvariantCulture) : 56;
                for (int i = 0; i < count; i++)
                {
                    (words[0][^1] == 'a' ? _hostA : _hostB).Ping(words[0][^1] == 'a' ? "10.10.2.10" : "10.10.1.10", _sent++, bytes);
                    _network.Run(0.02);
                }

                _network.Run(1);
                break;
            default:
                Assert.Fail($"'{happening}' is nothing that can happen");
                break;
        }
    }
}
