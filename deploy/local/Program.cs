await using var stub = TranscoderStub.Program.Build([]);
await using var gateway = Gateway.Program.Build([]);
await gateway.RunAsync();
