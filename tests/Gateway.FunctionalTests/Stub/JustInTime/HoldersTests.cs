using TranscoderStub.Transcodes;

namespace Gateway.FunctionalTests.Stub.JustInTime;

/// <summary>A transcode's last holder and its next one, whoever comes first.</summary>
public sealed class HoldersTests
{
    private const string Id = "t";
    private readonly Holders _holders = new();
    private object? _title = new();

    [Fact]
    public void Holder_WhoComesAfterTheLastHasLetGo_IsToldSo()
    {
        Assert.True(_holders.TryHold(Id, "a", _ => _title is not null));
        Assert.NotNull(_holders.LetGo(Id, "a", Take));

        Assert.False(_holders.TryHold(Id, "b", _ => _title is not null));
        Assert.Equal(0, _holders.CountOf(Id));
    }

    [Fact]
    public void Transcode_HeldByAnother_StaysWhenOneLetsGo()
    {
        Assert.True(_holders.TryHold(Id, "a", _ => true));
        Assert.True(_holders.TryHold(Id, "b", _ => true));

        Assert.Null(_holders.LetGo(Id, "a", Take));
        Assert.NotNull(_title);
        Assert.Equal(1, _holders.CountOf(Id));
    }

    private object? Take(string id)
    {
        var taken = _title;
        _title = null;
        return taken;
    }
}
