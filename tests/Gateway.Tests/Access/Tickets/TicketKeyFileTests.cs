using Gateway.Access.Tickets;

namespace Gateway.Tests.Access.Tickets;

/// <summary>The key that a gateway makes for itself outlives it, and nobody else reads it.</summary>
public sealed class TicketKeyFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ticket-key-").FullName;

    private string Path => System.IO.Path.Combine(_folder, "state", "ticket-key");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void TryReadOrMake_AfterARestart_GivesTheSameKey()
    {
        Assert.True(new TicketKeyFile(Path).TryReadOrMake(out var made, out _));
        Assert.True(new TicketKeyFile(Path).TryReadOrMake(out var read, out _));

        Assert.Equal(made.Secret, read.Secret);
        Assert.Equal(made.Id, read.Id);
        Assert.Equal(TicketKey.MinSecretBytes, made.Secret.Length);
        Assert.Equal(["ticket-key"], Directory.GetFiles(System.IO.Path.GetDirectoryName(Path)!).Select(System.IO.Path.GetFileName));
    }

    [Fact]
    public void TryReadOrMake_OfTwoFolders_GivesTwoKeys()
    {
        Assert.True(new TicketKeyFile(Path).TryReadOrMake(out var one, out _));
        Assert.True(new TicketKeyFile(System.IO.Path.Combine(_folder, "other")).TryReadOrMake(out var other, out _));

        Assert.NotEqual(one.Secret, other.Secret);
    }

    [Fact]
    public async Task TryReadOrMake_ByManyAtOnce_AgreesOnOneKey()
    {
        using var start = new Barrier(8);
        var keys = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Factory.StartNew(
            () =>
            {
                start.SignalAndWait(TestContext.Current.CancellationToken);
                return new TicketKeyFile(Path).TryReadOrMake(out var key, out var fault) ? Convert.ToHexString(key.Secret) : fault;
            },
            TestContext.Current.CancellationToken,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)));

        Assert.Single(keys.Distinct());
        Assert.Equal(2 * TicketKey.MinSecretBytes, keys[0].Length);
    }

    [Fact]
    public void TryReadOrMake_OnUnix_LetsOnlyTheOwnerRead()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such modes.");
        Assert.True(new TicketKeyFile(Path).TryReadOrMake(out _, out _));

        if (OperatingSystem.IsWindows()) return;
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(System.IO.Path.GetDirectoryName(Path)!));
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.OtherWrite)]
    public void TryReadOrMake_OfAFileThatOthersMayUse_RefusesIt(UnixFileMode others)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such modes.");
        Assert.True(new TicketKeyFile(Path).TryReadOrMake(out _, out _));
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | others);

        Assert.False(new TicketKeyFile(Path).TryReadOrMake(out _, out var fault));

        Assert.Contains("chmod 600", fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("short")]
    [InlineData("a:b:c")]
    public void TryReadOrMake_OfAFileWithoutAKey_SaysWhatToDo(string text)
    {
        Assert.True(new TicketKeyFile(Path).TryReadOrMake(out _, out _));
        File.WriteAllText(Path, text);

        Assert.False(new TicketKeyFile(Path).TryReadOrMake(out _, out var fault));

        Assert.Contains("remove it", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void TryReadOrMake_BelowAFile_SaysWhatToDo()
    {
        File.WriteAllText(System.IO.Path.Combine(_folder, "state"), "");

        Assert.False(new TicketKeyFile(Path).TryReadOrMake(out _, out var fault));

        Assert.Contains("may write", fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/run/s:/x", "/home/a/.state", "/home/a", "/run/s/ticket-key")]
    [InlineData(null, "/home/a/.state", "/home/a", "/home/a/.state/streaming-gateway/ticket-key")]
    [InlineData(null, "relative", "/home/a", "/home/a/.local/state/streaming-gateway/ticket-key")]
    [InlineData("", "", "/home/a", "/home/a/.local/state/streaming-gateway/ticket-key")]
    [InlineData(null, null, null, null)]
    public void PresetPath_OfAnEnvironment_IsTheFolderForState(string? service, string? state, string? home, string? expected)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has a folder of its own for this.");

        var path = TicketKeyFile.PresetPath(name => name switch { "STATE_DIRECTORY" => service, "XDG_STATE_HOME" => state, _ => home });

        Assert.Equal(expected, path);
    }
}
