module huizhi/token

go 1.24
