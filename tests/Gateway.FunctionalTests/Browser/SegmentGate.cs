using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace Gateway.FunctionalTests.Browser;

/// <summary>
/// Lets a page's segments through up to a number. Later ones are requested at once, and their responses held until the gate is opened: the gateway gets the player's
/// requests in time, and the player stalls at a position that does not depend on the machine's speed. Requests out of order pass: shaka-player reads a
/// playlist's middle and end before it starts.
/// </summary>
internal sealed partial class SegmentGate
{
    private readonly Lock _lock = new();
    private readonly List<(int Number, TaskCompletionSource Passed)> _waiting = [];
    private readonly HashSet<int> _asked = [];
    private int _upTo;

    private SegmentGate(int upTo) => _upTo = upTo;

    public static async Task<SegmentGate> PlaceAsync(IPage page, int upTo)
    {
        var gate = new SegmentGate(upTo);
        await page.RouteAsync(SegmentName(), gate.HoldAsync);
        return gate;
    }

    public void Open(int upTo)
    {
        TaskCompletionSource[] passed;
        lock (_lock)
        {
            _upTo = upTo;
            passed = [.. _waiting.Where(w => w.Number <= upTo).Select(w => w.Passed)];
            _waiting.RemoveAll(w => w.Number <= upTo);
        }

        foreach (var one in passed) one.TrySetResult();
    }

    private async Task HoldAsync(IRoute route)
    {
        try
        {
            var passed = PassAsync(int.Parse(SegmentName().Match(route.Request.Url).Groups[1].Value, CultureInfo.InvariantCulture));
            var answer = await route.FetchAsync();
            await passed;
            await route.FulfillAsync(new() { Response = answer });
        }
        catch (PlaywrightException)
        {
            // The player has given this request up, or the page is closed.
        }
    }

    private Task PassAsync(int number)
    {
        lock (_lock)
        {
            var isNext = _asked.Contains(number - 1);
            if (isNext || number == 1) _asked.Add(number);
            if (number <= _upTo || !isNext) return Task.CompletedTask;
            var passed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((number, passed));
            return passed.Task;
        }
    }

    [GeneratedRegex(@"/seg_(\d+)\.m4s")]
    private static partial Regex SegmentName();
}
