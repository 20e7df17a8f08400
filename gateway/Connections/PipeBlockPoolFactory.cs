using System.Buffers;
using Microsoft.AspNetCore.Connections;

namespace Gateway.Connections;

/// <summary>Creates a pool for each of Kestrel's endpoints.</summary>
internal sealed class PipeBlockPoolFactory(ConnectionsOptions options, ConnectionMemory memory) : IMemoryPoolFactory<byte>
{
    public MemoryPool<byte> Create(MemoryPoolOptions? poolOptions = null) => new PipeBlockPool(options.BlockBytes, options.IdleBlocks, memory);
}
