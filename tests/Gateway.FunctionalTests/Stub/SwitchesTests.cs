using Gateway.FunctionalTests.Local;
using Microsoft.Extensions.Configuration;
using TranscoderStub;

namespace Gateway.FunctionalTests.Stub;

/// <summary>What the programs answer instead of starting, and that the page of knobs names all there are.</summary>
public sealed class SwitchesTests
{
    private static readonly ProgramSwitches s_questions = TranscoderStub.Program.Questions;

    [Theory]
    [InlineData("--help", "Usage: dotnet run --project transcoder-stub")]
    [InlineData("-h", "Transcoder 0.")]
    [InlineData("--version", "0.")]
    [InlineData("-v", "0.")]
    public void Question_Alone_IsAnsweredWithZero(string question, string answer)
    {
        var (code, text) = s_questions.AnswerTo([question])!.Value;

        Assert.Equal(0, code);
        Assert.Contains(answer, text, StringComparison.Ordinal);
        Assert.DoesNotContain("{version}", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData]
    [InlineData("--urls", "http://127.0.0.1:0")]
    [InlineData("--Transcoder:Store:Path=/tmp/a b")]
    [InlineData("/transcoder:store:path=x", "--SEGMENTED_LOCAL_SEG_DURATION_SEC=4")]
    [InlineData("--Kestrel:Endpoints:a:Url=http://127.0.0.1:0", "--Logging:LogLevel:Default", "Debug")]
    public void Switches_ThatAreKnown_StartTheProgram(params string[] args) => Assert.Null(s_questions.AnswerTo(args));

    [Theory]
    [InlineData("--url", "--urls", "http://127.0.0.1:0")]
    [InlineData("--Transcoder:Store:Pfad", "--Transcoder:Store:Path", "x")]
    [InlineData("--Transcoder:Encoding:MaxEncoder=2", "--Transcoder:Encoding:MaxEncoders")]
    [InlineData("--hlep", "--help")]
    [InlineData("--Titles:Root=x", "--Transcoder:Titles:Root")]
    [InlineData("help", "--key=value")]
    [InlineData("--urls", "--urls=value")]
    public void Switch_ThatIsUnknown_IsRefusedWithTheNearest(string given, string nearest, params string[] others)
    {
        var (code, text) = s_questions.AnswerTo([given, .. others])!.Value;

        Assert.Equal(1, code);
        Assert.Contains(nearest, text, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', text);
    }

    [Fact]
    public async Task Main_WithAnUnknownSwitch_EndsWithOne() => Assert.Equal((1, 0), (await TranscoderStub.Program.Main(["--nonsense=1"]), await TranscoderStub.Program.Main(["--version"])));

    [Fact]
    public async Task Demo_WithAnUnknownSwitch_NamesTheNearestAndStartsNothing()
    {
        await using var demo = ProgramProcess.Start("Local.dll", "--gatway-port", "0");
        var (code, errors) = await demo.EndAsync();

        Assert.Equal(1, code);
        Assert.Contains("--gateway-port", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Page_OfTheTranscoder_NamesEveryKnobAndEveryOtherName()
    {
        var page = File.ReadAllLines(Path.Combine(Repository(), "docs", "transcoder.md"));
        var unnamed = KnobTable.Keys.Where(key =>
        {
            var (section, name) = (key[..key.LastIndexOf(':')], key[key.LastIndexOf(':')..]);
            return !page.Any(l => l.Contains($"`{section}{name}`", StringComparison.Ordinal) || (l.Contains($"`{section}:", StringComparison.Ordinal) && l.Contains($"`{name}`", StringComparison.Ordinal)));
        });

        Assert.Empty(unnamed);
        Assert.All(KnobTable.Aliases, alias => Assert.Contains(page, l => l.Contains(alias, StringComparison.Ordinal)));
    }

    [Fact]
    public void Values_InEffect_AreAllToldAndTheKeyIsMasked()
    {
        var given = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["Transcoder:Api:Key"] = "Sesame, open yourself", ["Transcoder:Encoding:Ahead"] = "00:00:07" }).Build();
        var told = KnobTable.InEffect(given).SelectMany(s => s.Values.Select(v => $"{s.Section}:{v.Name}={v.Value}")).ToList();

        Assert.Contains("Api:Key=***", told);
        Assert.Contains("Encoding:Ahead=00:00:07", told);
        Assert.Contains("Store:MaxBytes=10000000000", told);
        Assert.DoesNotContain(told, t => t.Contains("Sesame", StringComparison.Ordinal));
    }

    private static string Repository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Gateway.sln"))) folder = folder.Parent!;
        return folder.FullName;
    }
}
