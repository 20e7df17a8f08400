using System.Globalization;
using Gateway.Load.Checks;

namespace Gateway.Tests.Load.Checks;

public sealed class ChecklistTests
{
    [Fact]
    public async Task Check_ThatBreaks_FailsAndTheNextIsMade()
    {
        using var output = new StringWriter(CultureInfo.InvariantCulture);
        var list = new Checklist(output);
        await list.CheckAsync("a", "breaks", static () => throw new HttpRequestException("refused"));
        await list.CheckAsync("a", "is late", static () => throw new TaskCanceledException("late", new TimeoutException()));
        await list.CheckAsync("a", "is wrong", static () => Task.FromResult<string?>("too long"));
        await list.CheckAsync("a", "holds", static () => Task.FromResult<string?>(null));
        await list.SkipAsync("a", "is left out", "no key");
        await list.SumUpAsync();
        Assert.Equal(
            ["FAIL  a: breaks: refused", "FAIL  a: is late: no answer in time", "FAIL  a: is wrong: too long", "pass  a: holds", "skip  a: is left out: no key", "1 passed, 3 failed, 1 skipped"],
            output.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries));
        Assert.True(list.HasFailed);
    }

    [Fact]
    public async Task Check_ThatIsStopped_StopsTheList()
    {
        var list = new Checklist(TextWriter.Null);
        await Assert.ThrowsAsync<OperationCanceledException>(() => list.CheckAsync("a", "stops", static () => throw new OperationCanceledException("Ctrl-C")));
        Assert.Empty(list.Results);
    }
}
