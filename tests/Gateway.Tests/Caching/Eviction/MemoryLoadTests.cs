using Gateway.Caching.Eviction;

namespace Gateway.Tests.Caching.Eviction;

public sealed class MemoryLoadTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("cgroup").FullName;

    [Fact]
    public void FindLimit_CgroupV2Levels_TakesTheSmallest()
    {
        Directory.CreateDirectory(Path.Combine(_root, "machine", "unit"));
        File.WriteAllText(Path.Combine(_root, "machine", "unit", "memory.max"), "max\n");
        File.WriteAllText(Path.Combine(_root, "machine", "memory.max"), "419430400\n");
        Assert.Equal(419430400, MemoryLoad.FindLimit(_root, Membership("0::/machine/unit")));
    }

    [Fact]
    public void FindLimit_CgroupV2InsideAContainer_ReadsTheRoot()
    {
        File.WriteAllText(Path.Combine(_root, "memory.max"), "536870912\n");
        Assert.Equal(536870912, MemoryLoad.FindLimit(_root, Membership("0::/")));
    }

    [Fact]
    public void FindLimit_CgroupV1OneFile_ReadsIt()
    {
        Directory.CreateDirectory(Path.Combine(_root, "memory"));
        File.WriteAllText(Path.Combine(_root, "memory", "memory.limit_in_bytes"), "268435456\n");
        Assert.Equal(268435456, MemoryLoad.FindLimit(_root, Membership("4:memory:/")));
    }

    [Fact]
    public void FindLimit_CgroupV1OwnGroup_ReadsItsFile()
    {
        Directory.CreateDirectory(Path.Combine(_root, "memory", "units", "gateway"));
        File.WriteAllText(Path.Combine(_root, "memory", "memory.limit_in_bytes"), "9223372036854771712\n");
        File.WriteAllText(Path.Combine(_root, "memory", "units", "gateway", "memory.limit_in_bytes"), "268435456\n");
        Assert.Equal(268435456, MemoryLoad.FindLimit(_root, Membership("4:memory:/units/gateway")));
    }

    [Theory]
    [InlineData("max")]
    [InlineData("9223372036854771712")]
    [InlineData("nonsense")]
    public void FindLimit_NoCgroupLimit_TakesTheMachine(string value)
    {
        File.WriteAllText(Path.Combine(_root, "memory.max"), value);
        Assert.Equal(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, MemoryLoad.FindLimit(_root, Path.Combine(_root, "absent")));
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private string Membership(string line)
    {
        var file = Path.Combine(_root, "self");
        File.WriteAllText(file, line + "\n");
        return file;
    }
}
