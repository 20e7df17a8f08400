using System.Buffers;
using System.Text;
using Gateway.Telemetry.Events;

namespace Gateway.Tests.Telemetry;

/// <summary>What a person at a terminal reads of the event log.</summary>
public sealed class EventSentencesTests
{
    private const string Time = "\"ts\":\"2026-11-22T20:14:05.123Z\"";

    private readonly EventSentences _sentences = new();

    [Fact]
    public void Write_OfAStart_NamesViewerTitlePictureAndTime()
    {
        var text = Told(
            Event("session.create", "success", "s1", "\"asset\":\"films/demo/master.m3u8\""),
            Event("player.startup_timeline", "success", "s1", "\"asset\":\"films/demo/master.m3u8\",\"reportedBy\":\"client\",\"outcome\":\"audible\",\"height\":720,\"totalToAudibleMs\":912"),
            Event("player.startup_timeline", "success", "s2", "\"asset\":\"a.mp4\",\"reportedBy\":\"client\",\"outcome\":\"startup_timeout\",\"totalToAudibleMs\":15000"));

        Assert.Equal(["20:14:05  viewer 1 opens films/demo", "20:14:05  viewer 1 started films/demo in 720p after 0.9 s", "20:14:05  viewer 2 did not start a.mp4: startup_timeout after 15.0 s"], text);
    }

    [Fact]
    public void Write_OfWhatGoesAsItShould_IsNothing()
    {
        Assert.Empty(Told(Event("segment.fetch", "success", "s1", "\"segment\":\"a.m4s\""), Event("manifest.fetch", "success", "s1", "\"asset\":\"a.m3u8\""), Event("segment.fetch", "error", "s1", "\"reason\":\"client_aborted\"")));
    }

    [Fact]
    public void Write_OfTheSameFailureAgainAndAgain_CountsIt()
    {
        var failure = Event("manifest.fetch", "error", "s1", "\"asset\":\"demo/master.m3u8\",\"reason\":\"origin_failed\"");
        var text = Told([.. Enumerable.Repeat(failure, 201)]);

        const string Sentence = "20:14:05  demo/master.m3u8 failed for viewer 1: origin_failed";
        Assert.Equal([Sentence, $"{Sentence} (100 more)", $"{Sentence} (100 more)"], text);
    }

    [Fact]
    public void Write_OfAStallThatPlayerAndCmcdTell_TellsItOnce()
    {
        var text = Told(
            Event("player.startup_timeline", "success", "s1", "\"reportedBy\":\"client\",\"outcome\":\"audible\",\"totalToAudibleMs\":100"),
            Event("player.rebuffer", "success", "s1", "\"reportedBy\":\"client\",\"positionSec\":72.5,\"source\":\"origin\""),
            Event("player.rebuffer", "error", "s1", "\"seenBy\":\"cmcd\""),
            Event("player.rebuffer_recovered", "success", "s1", "\"reportedBy\":\"client\",\"durationMs\":2100"),
            Event("player.rebuffer", "error", "s2", "\"seenBy\":\"cmcd\""));

        Assert.Equal(["20:14:05  viewer 1 waits at 0:01:12; its last segment came from origin", "20:14:05  viewer 1 goes on after 2.1 s", "20:14:05  viewer 2 waits"], text[1..]);
    }

    [Fact]
    public void Write_OfAClientsControlCharacters_PrintsNone()
    {
        var text = Told(Event("player.startup_timeline", "success", "s1", "\"outcome\":\"\\u001b[2Jx\\u009b\\r\\n\",\"totalToAudibleMs\":1"));

        Assert.DoesNotContain(Assert.Single(text), char.IsControl);
    }

    [Fact]
    public void Write_OfMoreViewersThanAreRemembered_GoesOn()
    {
        var text = Told([.. Enumerable.Range(0, 10_001).Select(i => Event("session.create", "success", $"s{i}", "\"asset\":\"a/b\""))]);

        Assert.Equal("20:14:05  viewer 1 opens a", text[^1]);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{\"event\":\"unknown\",\"status\":\"success\"}")]
    [InlineData("{\"event\":7}")]
    public void Write_OfWhatItDoesNotKnow_IsNothing(string line)
    {
        Assert.Empty(Told(line));
    }

    private static string Event(string name, string status, string session, string more) => $"{{{Time},\"event\":\"{name}\",\"status\":\"{status}\",\"sessionId\":\"{session}\",{more}}}";

    private string[] Told(params string[] lines)
    {
        var text = new ArrayBufferWriter<byte>();
        _sentences.Write(Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\n"), text);
        return Encoding.UTF8.GetString(text.WrittenSpan).Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
    }
}
