using System.CommandLine;
using LoadTester = Gateway.Load.Program;

namespace Gateway.Tests.Load;

/// <summary>The verbs of the load tester, as they are typed.</summary>
public sealed class VerbsTests
{
    /// <summary>A default that its own verb refuses cannot be used by anybody.</summary>
    [Fact]
    public void Verbs_WithTheirDefaults_RefuseNone()
    {
        var verbs = Leaves(LoadTester.Verbs(), []).ToArray();
        Assert.True(verbs.Length > 20, $"{verbs.Length} verbs");
        Assert.All(verbs, static verb =>
        {
            string[] typed = [.. verb.Path, .. verb.Command.Options.Where(static o => o.Required).SelectMany(static o => new[] { o.Name, o.ValueType == typeof(Uri) ? "http://127.0.0.1:1" : "given" })];
            Assert.DoesNotContain(LoadTester.Verbs().Parse(typed).Errors, static e => e.Message.Contains(" is a number", StringComparison.Ordinal));
        });
    }

    [Theory]
    [InlineData("--sessions is a number from 1 to 1000.", "ingest", "--sessions", "0")]
    [InlineData("--duration is a number of seconds from 5 to 86400.", "ingest", "--duration", "86401")]
    [InlineData("--share is a number from 0.01 to 0.99.", "judge", "--share", "NaN")]
    [InlineData("--play is a number of seconds from 1 to 60.", "drill", "return", "--target", "http://127.0.0.1:1", "--admin-key", "key", "--play", "0.5")]
    public void Value_OutsideOfItsRange_IsRefused(string refusal, params string[] typed) =>
        Assert.Equal([refusal], LoadTester.Verbs().Parse(typed).Errors.Select(static e => e.Message));

    private static IEnumerable<(string[] Path, Command Command)> Leaves(Command command, string[] path) =>
        command.Subcommands.Count == 0 ? [(path, command)] : command.Subcommands.SelectMany(c => Leaves(c, [.. path, c.Name]));
}
