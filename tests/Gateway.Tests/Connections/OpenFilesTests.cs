using Gateway.Connections;

namespace Gateway.Tests.Connections;

public sealed class OpenFilesTests
{
    [Theory]
    [InlineData("Max open files            1024                 524288               files     ", 1024)]
    [InlineData("Max open files            unlimited            unlimited            files     ", long.MaxValue)]
    [InlineData("Max locked memory         8388608              8388608              bytes     ", long.MaxValue)]
    public void Limit_InTheSystemsLines_IsTheSoftOne(string line, long limit) => Assert.Equal(limit, OpenFiles.Read(["Limit                     Soft Limit           Hard Limit           Units     ", line]));

    [Theory]
    [InlineData(256, 64)]
    [InlineData(1024, 512)]
    [InlineData(4096, 3072)]
    [InlineData(1 << 20, 786_432)]
    public void Limit_ForClients_LeavesTheProcessItsOwn(long limit, long clients) => Assert.Equal(clients, OpenFiles.ForClients(limit));

    [Fact]
    public void Limit_OfThisProcess_IsRead()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Other systems do not tell.");
        Assert.InRange(OpenFiles.Limit, 1, long.MaxValue);
    }
}
